import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import type { Lookup, Requirements } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { conditionOf, conditionsOf, isReady } from '#shared/readiness.ts';
import { OUR_GATEWAY } from './gateway.ts';
import { CHART_FLOOR, chartVersion } from './install.ts';
import { isSameGateway, toldGateway } from './ref.ts';
import { TRAEFIK } from './values.ts';
import { isBelow } from './version.ts';

/** What Helm makes of our Release, as far as we look: it says whether Traefik runs, then and later. */
export const deploymentRequirement = (xr: InferenceGateway): Requirements =>
  xr.spec.gatewayRef === undefined || isSameGateway(toldGateway(xr), OUR_GATEWAY)
    ? {
        deployment: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: PLATFORM_NAMESPACE,
          match: { name: TRAEFIK },
        },
      }
    : {};

/** Whether Traefik is installed and at least one of its pods serves. */
export function controllerReady(release: KubernetesObject | undefined, lookup: Lookup): Condition {
  const said = helmProblem(release);
  if (!isReady(release))
    return installing(
      said === undefined
        ? `Waiting for Helm release ${PLATFORM_NAMESPACE}/${TRAEFIK}; kubectl describe it if this lasts.`
        : `Helm release ${PLATFORM_NAMESPACE}/${TRAEFIK} cannot be installed: ${said}`,
    );
  if (availableReplicas(lookup('deployment')[0]) === 0)
    return installing(
      `Waiting for a pod of Deployment ${PLATFORM_NAMESPACE}/${TRAEFIK} to be available; kubectl describe it if this lasts.`,
    );
  const caveat = said === undefined ? '' : ` Its Helm release cannot be updated: ${said}`;
  return condition('ControllerReady', 'True', 'ControllerAvailable', `Traefik is installed and available.${caveat}`);
}

const installing = (message: string): Condition => condition('ControllerReady', 'False', 'Installing', message);

function helmProblem(release: KubernetesObject | undefined): string | undefined {
  const synced = conditionOf(conditionsOf(release), 'Synced');
  return synced?.status === 'False' ? synced.message : undefined;
}

const availableReplicas = (deployment: KubernetesObject | undefined): number =>
  (deployment?.status as { availableReplicas?: number } | undefined)?.availableReplicas ?? 0;

/** Whether another chart than the declared one is installed. */
export function versionRaised(xr: InferenceGateway): Condition {
  const { version } = xr.spec.traefik;
  if (xr.spec.gatewayRef !== undefined) return asDeclared('Nothing is installed: spec.gatewayRef brings a Gateway.');
  return isBelow(version, CHART_FLOOR)
    ? condition(
        'VersionRaised',
        'True',
        'BelowSafeFloor',
        `spec.traefik.version ${version} lets a client out of its own path, so chart ${chartVersion(xr)} is installed; declare ${CHART_FLOOR} or later.`,
      )
    : asDeclared(`Chart ${chartVersion(xr)} is installed as declared.`);
}

const asDeclared = (message: string): Condition => condition('VersionRaised', 'False', 'AsDeclared', message);

/** What is installed while the spec, with the version that it declares, is refused. */
export function versionKept(release: KubernetesObject | undefined): Condition {
  const { spec } = (release ?? {}) as { spec?: { forProvider?: { chart?: { version?: string } } } };
  const version = spec?.forProvider?.chart?.version;
  return asDeclared(version === undefined ? 'Nothing is installed.' : `Chart ${version} stays installed.`);
}

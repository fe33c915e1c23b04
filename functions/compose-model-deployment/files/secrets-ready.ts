import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import { type KubernetesObject, namespaceOf } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import type { Intent } from '../accepted.ts';
import type { ObservedObject, ObservedSite } from '../observed.ts';
import { isRefusal } from '../refusals.ts';
import { type Brought, broughtBy, copyOf, isFilling, showsValues, sourceOf, TOKEN } from './secrets.ts';

type Failure = Exclude<Reason<'SecretsReady'>, 'Brought'>;

interface Problem {
  readonly reason: Failure;
  /** A sentence. */
  readonly message: string;
}

/**
 * Whether every Secret is where it is wanted, as it is here; what is wrong with one is wrong for new engines only.
 * Nothing is said by a deployment that brings none and never did.
 */
export function secretsReady(
  xr: KubernetesObject & ModelDeployment,
  { isAccepted }: Intent,
  sites: readonly ObservedSite[],
): Condition[] {
  const brought = broughtBy(xr.spec);
  if (brought.length === 0 && ownCondition(xr, 'SecretsReady') === undefined) return [];
  const problems = sites.flatMap((site) =>
    brought
      // What a spec that is refused would bring nobody waits for.
      .filter((one) => isAccepted || copyOf(site, one).copy !== undefined)
      .flatMap((one) => problemWith(site, one, namespaceOf(xr)) ?? []),
  );
  const [worst] = [...problems].sort((a, b) => GRAVITY.indexOf(a.reason) - GRAVITY.indexOf(b.reason));
  if (worst === undefined)
    return [condition('SecretsReady', 'True', 'Brought', 'Every Secret is in its clusters as it is here.')];
  const messages = [...new Set(problems.map(({ message }) => message))];
  return [condition('SecretsReady', 'False', worst.reason, messages.join(' '))];
}

const GRAVITY: readonly Failure[] = ['NotHidden', 'NotFound', 'KeyNotFound', 'InvalidType', 'NotTaken', 'Bringing'];

/** Why what engines have of a Secret is not what it is here, if so. */
function problemWith(observed: ObservedSite, brought: Brought, namespace: string): Problem | undefined {
  const { copy, data } = copyOf(observed, brought);
  const refused = [copy, data].find((object) => object?.error !== undefined && isRefusal(object.error));
  if (refused?.error !== undefined) return { ...explained(refused.error, brought, namespace, observed.site.cluster) };
  if (data?.synced === true && !isFilling(data) && showsValues({ copy, data }))
    return {
      reason: 'NotHidden',
      message: `Secret ${brought.source} is not brought to ${observed.site.cluster}: provider-kubernetes would show what is in it to whoever reads Objects; the platform team sets its argument --sanitize-secrets, as install/runtime-providers.yaml has it.`,
    };
  // A cluster that does not answer may well have it.
  return data?.ready === true
    ? undefined
    : { reason: 'Bringing', message: `Secret ${brought.source} is on its way to ${observed.site.cluster}.` };
}

function explained(error: string, { source, key }: Brought, namespace: string, cluster: string): Problem {
  const field = key === undefined ? 'spec.secrets' : 'spec.huggingFaceToken';
  const kept = 'Engines that have it keep it as it was.';
  if (/cannot get referenced resource: .*not found/.test(error))
    return {
      reason: 'NotFound',
      message: `Secret ${source} is not in namespace ${namespace}; create it there, or take it out of ${field}. ${kept}`,
    };
  if (/no such field/.test(error))
    return {
      reason: 'KeyNotFound',
      message:
        key === undefined
          ? `Secret ${source} has no data; put what engines need into it. ${kept}`
          : `Secret ${source} has no key ${key}, which is to be ${TOKEN}; add it, or correct ${field}.secretRef.key. ${kept}`,
    };
  if (/\btype: Invalid value\b/.test(error))
    return {
      reason: 'InvalidType',
      message: `Secret ${source} is not of type Opaque, and only that is brought; make one of type Opaque with the same data, and name it in ${field}. ${kept}`,
    };
  return {
    reason: 'NotTaken',
    message: `Secret ${source} cannot be brought to ${cluster}: ${error.split('\n')[0]}. ${kept}`,
  };
}

/** What is wrong with a copy, in the words of its placement. */
export const dataProblems = (data: ObservedObject): string[] => {
  const { ready, error, resource } = data;
  return ready
    ? []
    : [
        error === undefined || !isRefusal(error)
          ? `Secret ${sourceOf(resource)} is being brought.`
          : `Engines wait for Secret ${sourceOf(resource)}; SecretsReady says why.`,
      ];
};

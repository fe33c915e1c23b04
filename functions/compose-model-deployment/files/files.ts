import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Desired } from '#shared/desired.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import type { PodTemplate } from '../engine/template.ts';
import { type ObservedSite, objectOf } from '../observed.ts';
import type { Placement } from '../placements.ts';
import type { Cluster } from '../site.ts';
import { claimName, claimObject, classObject, classOf } from './cache.ts';
import { fillDesired, JOB, jobName } from './fill.ts';
import { downloadOf } from './model.ts';
import { withClaim } from './mount.ts';
import { broughtBy, copyName, isFilled, secretsDesired } from './secrets.ts';
import { templateAt } from './template.ts';

/** What engines are to name, and whether it is what they need yet. */
interface Need {
  readonly name: string;
  readonly isThere: boolean;
}

/** What a site's engines need beside their image. */
export interface Files {
  /** The template as it is in the cluster. */
  readonly template: PodTemplate;
  readonly desired: Readonly<Record<string, Desired>>;
  readonly needs: readonly Need[];
}

export function filesOf(
  spec: ModelDeployment['spec'],
  placement: Placement,
  observed: ObservedSite,
  cluster: Cluster,
): Files {
  const { site } = observed;
  const brought = broughtBy(spec);
  const secrets: Files = {
    template: templateAt(site, spec, placement.template),
    desired: secretsDesired(brought, observed, cluster),
    needs: brought.map((one) => ({ name: copyName(site, one), isThere: isFilled(observed, one) })),
  };
  return placement.cache === undefined ? secrets : cached(secrets, spec, placement, observed, cluster);
}

function cached(
  { desired, needs, ...before }: Files,
  { engine }: ModelDeployment['spec'],
  { template, cache }: Placement,
  observed: ObservedSite,
  cluster: Cluster,
): Files {
  if (cache === undefined) return { desired, needs, ...before };
  const { site } = observed;
  const claim = claimName(site, cache);
  const className = classOf(observed, cache);
  const volumes = [
    claimObject(observed, cache, cluster),
    ...(className === undefined ? [] : [classObject(site, className, cluster)]),
  ].map(([key, resource]) => [key, asSeen(observed, key, resource)] as const);
  const download = downloadOf(engine, template);
  const name = download && jobName(site, claim, download);
  const filling = name === undefined ? undefined : objectOf(observed, JOB, name);
  // A job has the same variables as an engine.
  const mayFill = filling !== undefined || needs.every(({ isThere }) => isThere);
  return {
    template: withClaim(before.template, claim, name),
    desired: {
      ...desired,
      ...Object.fromEntries(volumes),
      ...(name !== undefined &&
        download !== undefined &&
        mayFill &&
        fillDesired(observed, name, withClaim(before.template, claim, undefined), download, cluster)),
    },
    needs: [...needs, ...(name === undefined ? [] : [{ name, isThere: filling?.ready === true }])],
  };
}

const asSeen = ({ objects }: ObservedSite, key: string, resource: KubernetesObject): Desired => ({
  resource,
  ready: objects.find((object) => object.key === key)?.ready === true,
});

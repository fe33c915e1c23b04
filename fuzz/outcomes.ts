import { type ClusterObject, conditionOf, controllerOf, specOf, statusOf } from '../preview/objects.ts';
import { foreignRoutes, strayRoutes, unguarded } from './attached.ts';
import { falselyReady, neverReady, unserved } from './served.ts';
import { list } from './store.ts';
import { answersTold, siteAnswers } from './truth.ts';
import { get, type World } from './world.ts';

/** What must hold of the world once everybody had his turn and nothing changes any more. */
export interface SettledInvariant {
  readonly name: string;
  readonly breaks: (world: World) => string[];
}

export const SETTLED: readonly SettledInvariant[] = [
  { name: "every route is on today's front door", breaks: strayRoutes },
  { name: "no namespace's route leads to another's endpoint", breaks: foreignRoutes },
  { name: 'an endpoint tells the truth about its site', breaks: untrueEndpoints },
  { name: 'routes on a Gateway that was brought are guarded', breaks: unguarded },
  { name: 'somebody who can answer is served whenever somebody could be', breaks: unserved },
  { name: 'Ready only when a request is answered', breaks: falselyReady },
  { name: 'Ready when a request is answered', breaks: neverReady },
];

/** Whether engines and picker are told as they are. One that a spec no longer wants is a last resort in any case. */
function untrueEndpoints(world: World): string[] {
  return list(world.store, 'ModelEndpoint')
    .filter((endpoint) => controllerOf(endpoint)?.kind === 'ModelDeployment')
    .flatMap((endpoint) => {
      const { name, labels, namespace } = endpoint.metadata;
      const cluster = labels?.['modelplane.ai/cluster'] ?? '';
      const pool = poolOf(world, endpoint);
      const told = pool !== undefined && [pool, `${pool}-epp`].every((one) => answersTold(world, cluster, one));
      if (!told && specOf(endpoint).lastResort !== true) return [`${name} is no last resort, and nobody answers there`];
      const owner = get(world, 'ModelDeployment', namespace, controllerOf(endpoint)?.name ?? '');
      const wants = owner !== undefined && isWantedBy(owner, endpoint);
      return wants && siteAnswers(world, endpoint) && specOf(endpoint).lastResort === true
        ? [`${name} is a last resort, and it answers`]
        : [];
    });
}

/** The name of the Deployment that a site's engines are, from what was composed for it. */
function poolOf({ store }: World, endpoint: ClusterObject): string | undefined {
  const { labels = {} } = endpoint.metadata;
  const object = list(store, 'Object').find(
    (one) =>
      controllerOf(one)?.uid === controllerOf(endpoint)?.uid &&
      one.metadata.labels?.['modelplane.ai/placement'] === labels['modelplane.ai/placement'] &&
      one.metadata.labels?.['modelplane.ai/cluster'] === labels['modelplane.ai/cluster'] &&
      manifestKind(one) === 'InferencePool',
  );
  return object && (specOf(object).forProvider as { manifest: ClusterObject }).manifest.metadata.name;
}

const manifestKind = (object: ClusterObject): string =>
  (specOf(object).forProvider as { manifest: ClusterObject }).manifest.kind;

interface Reported {
  readonly name: string;
  readonly cluster?: string;
  readonly phase: string;
}

/** By a spec that is accepted, with replicas, where it is to be. */
function isWantedBy(deployment: ClusterObject, endpoint: ClusterObject): boolean {
  if (conditionOf(deployment, 'SpecAccepted')?.status !== 'True') return false;
  const { 'modelplane.ai/placement': placement, 'modelplane.ai/cluster': cluster } = endpoint.metadata.labels ?? {};
  const { placements, replicas } = specOf(deployment) as {
    placements?: { name: string; replicas?: number }[];
    replicas: number;
  };
  const own = placements === undefined ? {} : placements.find(({ name }) => name === placement);
  const reports = (statusOf(deployment).placements as Reported[] | undefined) ?? [];
  const isHere = reports.some((one) => one.name === placement && one.cluster === cluster && one.phase !== 'Leaving');
  return own !== undefined && ((own as { replicas?: number }).replicas ?? replicas) > 0 && isHere;
}

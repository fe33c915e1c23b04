import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { criticalityOf } from '../functions/compose-model-deployment/criticality.ts';
import { type Cluster, controlledBy } from './cluster.ts';
import { deploymentOf } from './endpoint.ts';
import { type ClusterObject, specOf, uidOf } from './objects.ts';
import { remoteOf } from './remote.ts';

/** How important requests are where they arrive. */
export interface Priority {
  /** The word for it, unless its team gave a number. */
  readonly criticality?: string;
  /** The number that endpoint pickers compare; above 0 is never turned away for the sake of others. */
  readonly value: number;
}

/**
 * The priority of requests that name an objective, read from the InferenceObjective that was composed into the cluster.
 * Undefined where the deployment composed none of that name: of an endpoint written by hand only its owner knows.
 */
export function priorityOf(cluster: Cluster, endpoint: ClusterObject, objective: string): Priority | undefined {
  const deployment = deploymentOf(cluster, endpoint);
  if (!deployment) return undefined;
  const composed = controlledBy(cluster, { uid: uidOf(deployment) }).flatMap((object) => remoteOf(object) ?? []);
  const found = composed.find(({ kind, metadata }) => kind === 'InferenceObjective' && metadata.name === objective);
  const value = found && specOf(found).priority;
  if (typeof value !== 'number') return undefined;
  const criticality = wordOf(deployment, classOf(endpoint, objective));
  return { ...(criticality && { criticality }), value };
}

/** The traffic class whose requests name the objective at an endpoint. */
function classOf(endpoint: ClusterObject, objective: string): string | undefined {
  const objectives = Object.entries((specOf(endpoint).objectives as Record<string, string> | undefined) ?? {});
  return objectives.find(([, name]) => name === objective)?.[0];
}

/** A deployment's own requests are the class that it does not list. */
function wordOf(deployment: ClusterObject, trafficClass: string | undefined): string | undefined {
  const spec = specOf(deployment) as unknown as ModelDeployment['spec'];
  return criticalityOf(spec.trafficClasses?.find(({ name }) => name === trafficClass) ?? spec);
}

export const priorityText = ({ criticality, value }: Priority): string =>
  criticality === undefined ? `priority ${value}` : `${criticality}, ${value}`;

import type { ResourceSelector } from '@crossplane-org/function-sdk-typescript';
import { type Cluster, getObject, listObjects } from '../cluster.ts';
import { type ClusterObject, resourceName } from '../objects.ts';
import { isControlledByAnother, referencesOf } from './composed.ts';
import type { Found } from './pipeline.ts';

/** Looks up by name or by labels; a selector with neither means all of a kind. */
export const fetchFrom =
  (cluster: Cluster) =>
  ({ apiVersion, kind, namespace, matchName, matchLabels }: ResourceSelector): Found => {
    if (matchName === undefined) {
      return { objects: listObjects(cluster, { apiVersion, kind, namespace, labels: matchLabels?.labels ?? {} }) };
    }
    const object = getObject(cluster, { apiVersion, kind, namespace, name: matchName });
    return { objects: object ? [object] : [] };
  };

/** An API server gives an object in the version that it is asked for. */
export const converted = ({ objects }: Found, apiVersion: string): Found => ({
  objects: objects.map((object) => (object.apiVersion === apiVersion ? object : { ...object, apiVersion })),
});

/** Render does not: it finds what is of the very version. */
export const ofVersion = ({ objects }: Found, apiVersion: string): Found => ({
  objects: objects.filter((object) => object.apiVersion === apiVersion),
});

/** What a composite composed before and still exists, by key. What somebody else controls counts as gone. */
export function observedOf(xr: ClusterObject, cluster: Cluster): Record<string, ClusterObject> {
  const objects = referencesOf(xr).flatMap((reference) => getObject(cluster, reference) ?? []);
  const own = objects.filter((object) => !isControlledByAnother(object, xr));
  return Object.fromEntries(own.map((object) => [resourceName(object), object]));
}

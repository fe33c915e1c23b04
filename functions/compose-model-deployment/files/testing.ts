import type { ClusterObject, Json } from '../../../preview/objects.ts';
import type { State } from '../../../preview/world.ts';
import { all, cluster, controlPlane, deployment, FRONT_DOOR, manifestOf, one, report } from '../testing.ts';

export const SHARED = { size: '100Gi', storageClassName: 'shared' };

export const world = (spec: Json, cache: Json = SHARED) =>
  controlPlane(FRONT_DOOR, cluster('us'), deployment({ cache, ...spec }));

export const ofKind = (state: State, kind: string): ClusterObject[] =>
  all(state, 'Object').filter((object) => manifestOf(object).kind === kind);

export const only = (state: State, kind: string): ClusterObject => {
  const [first, ...others] = ofKind(state, kind);
  if (first === undefined || others.length > 0) throw new Error(`there are ${ofKind(state, kind).length} of ${kind}`);
  return first;
};

export const nameOf = (object: ClusterObject): string => manifestOf(object).metadata.name;

export interface Engine {
  readonly template: {
    readonly metadata: { readonly annotations?: Json };
    readonly spec: {
      readonly securityContext?: Json;
      readonly volumes: readonly { name: string; persistentVolumeClaim?: { claimName: string } }[];
      readonly containers: readonly {
        readonly args?: string[];
        readonly command?: string[];
        readonly image: string;
        readonly env?: readonly { name: string; value?: string }[];
        readonly volumeMounts: readonly { name: string; mountPath: string }[];
        readonly resources: Json;
      }[];
    };
  };
}
export const podOf = (object: ClusterObject) => (manifestOf(object).spec as unknown as Engine).template;

/** Where the engine has the claim mounted, and what it is told of it. */
export function mountOf(object: ClusterObject) {
  const { containers, volumes, securityContext } = podOf(object).spec;
  const [engine] = containers;
  const { name, persistentVolumeClaim } = volumes.find((volume) => volume.persistentVolumeClaim) ?? {};
  return {
    claim: persistentVolumeClaim?.claimName,
    at: engine?.volumeMounts.find((mount) => mount.name === name)?.mountPath,
    home: engine?.env?.find((variable) => variable.name === 'HF_HOME')?.value,
    group: securityContext?.fsGroup,
  };
}

export const message = (state: State, type: string) =>
  (one(state, 'ModelDeployment', 'qwen').status as { conditions: Json[] }).conditions.find(
    (condition) => condition.type === type,
  )?.message;

export const status = (state: State) =>
  (one(state, 'ModelDeployment', 'qwen').status as { placements: { cache?: Json }[] }).placements[0]?.cache;

/** A job that runs still. */
export function fills(state: State, job: Json = { active: 1 }): void {
  for (const object of ofKind(state, 'Job'))
    report(state, object, {
      atProvider: { manifest: { ...manifestOf(object), status: job } },
      conditions: [
        { type: 'Synced', status: 'True' },
        { type: 'Ready', status: 'False' },
      ],
    });
}

export const failing = (state: State, object: ClusterObject, error: string): void =>
  report(state, object, {
    conditions: [
      { type: 'Synced', status: 'False', message: `observe failed: ${error}` },
      { type: 'Ready', status: 'True' },
    ],
  });

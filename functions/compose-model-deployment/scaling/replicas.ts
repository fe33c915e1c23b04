import { nameOf } from '#shared/kubernetes.ts';
import { type ObservedObject, type ObservedSite, objectOf } from '../observed.ts';
import { poolName } from '../site.ts';
import { scaledObjectOf, secondWriterOf } from './parts.ts';
import type { Scaling } from './scaling.ts';

/** Who says how many engines there are. */
export interface Replicas {
  /** What the engines' Deployment is told; undefined where that is somebody else's to say. */
  readonly replicas: number | undefined;
  /** What the second writer is told; undefined where there is none. */
  readonly second: number | undefined;
  /** Whether KEDA may begin, or go on. */
  readonly scales: boolean;
}

/**
 * By what is seen of the engines and nothing else, so that a stale look or a lost status repeats a step and skips none.
 * Our own claim on `replicas` cannot just be dropped: a Deployment whose number nobody claims is set back to 1. So a
 * second writer claims the same number, the first one lets go, and then the second goes, whose number stays. KEDA comes
 * last, for both would set back what it writes.
 */
export function replicasOf(observed: ObservedSite, wanted: number, scaling: Scaling | undefined): Replicas {
  const engines = objectOf(observed, 'Deployment', poolName(observed.site));
  if (scaling === undefined) return takenBack(observed, engines, wanted);
  // KEDA has nothing to scale before they are there, which may wait for what they need.
  if (engines === undefined) return { ...HANDED_OVER, scales: false };
  const asked = askedReplicas(engines);
  if (engines.seen === undefined)
    return asked === undefined ? HANDED_OVER : { replicas: asked, second: undefined, scales: false };
  const number = Math.max(Number(engines.seen.spec?.replicas ?? 1), scaling.min);
  switch (claimOn(observed, engines)) {
    case 'nobody of ours':
      return HANDED_OVER;
    case 'both':
      return { replicas: undefined, second: number, scales: false };
    case 'engines':
      return { replicas: number, second: number, scales: false };
  }
}

const HANDED_OVER: Replicas = { replicas: undefined, second: undefined, scales: true };

/** KEDA goes first: what it wrote stays until we write again, and while it is there it would write once more. */
function takenBack(observed: ObservedSite, engines: ObservedObject | undefined, wanted: number): Replicas {
  const isScaled =
    engines !== undefined && askedReplicas(engines) === undefined && scaledObjectOf(observed) !== undefined;
  return { replicas: isScaled ? undefined : wanted, second: undefined, scales: false };
}

interface Engines {
  readonly spec?: { readonly forProvider?: { readonly manifest?: { readonly spec?: { readonly replicas?: number } } } };
}

/** What the engines' Deployment was told last. */
const askedReplicas = ({ resource }: ObservedObject): number | undefined =>
  (resource as Engines).spec?.forProvider?.manifest?.spec?.replicas;

type Claim = 'engines' | 'both' | 'nobody of ours';

/** Whose `replicas` they are, by what the API server says, or where the provider hides that by what it has applied. */
function claimOn(observed: ObservedSite, engines: ObservedObject): Claim {
  const second = secondWriterOf(observed);
  const managers = managersOfReplicas(engines);
  const isFirst = managers === undefined ? askedReplicas(engines) !== undefined : managers.includes(writer(engines));
  const isSecond = second !== undefined && (managers === undefined ? second.synced : managers.includes(writer(second)));
  if (!isFirst) return 'nobody of ours';
  return isSecond ? 'both' : 'engines';
}

/** As which provider-kubernetes writes an Object's manifest (its syncer). */
const writer = ({ resource }: ObservedObject): string => `provider-kubernetes/${nameOf(resource)}`;

interface ManagedFields {
  readonly manager?: string;
  readonly fieldsV1?: { readonly 'f:spec'?: { readonly 'f:replicas'?: unknown } };
}

function managersOfReplicas({ seen }: ObservedObject): string[] | undefined {
  const { managedFields } = (seen?.metadata ?? {}) as { managedFields?: readonly ManagedFields[] };
  const claims = managedFields?.filter(({ fieldsV1 }) => fieldsV1?.['f:spec']?.['f:replicas'] !== undefined);
  return claims?.map(({ manager }) => manager ?? '');
}

import { evaluate, toCel } from '../admit/cel.ts';
import { type ClusterObject, conditionOf, conditionsOf, groupKindOf, type Json, specOf, statusOf } from '../objects.ts';
import { isEngine } from '../outage.ts';
import { remoteOf } from '../remote.ts';
import { scaledReplicas } from './autoscaler.ts';
import { condition, type Simulator } from './simulator.ts';
import { unavailableStatus, WORKLOADS } from './workloads.ts';

/** An Object of provider-kubernetes: its manifest as the other cluster has it, and whether that counts as ready. */
export const object: Simulator = {
  says: 'provider-kubernetes (reaches every cluster, where all becomes ready at once)',
  simulate(self, view) {
    const written = remoteOf(self);
    if (!written) return undefined;
    const outage = view.outageOf(self);
    if (outage === 'cluster') return { status: unreached(self) };
    const { readiness, references } = specOf(self) as { readiness?: Json; references?: readonly Json[] };
    const there = atProvider(scaledReplicas(written, self, view), self, outage === 'engines');
    const ready = isReady(references?.length ? withValues(there) : there, readiness ?? {});
    const manifest = groupKindOf(there) === 'Secret' ? withValues(there) : there;
    const conditions = [
      condition('Synced', true, 'ReconcileSuccess', self),
      condition('Ready', ready, ready ? 'Available' : 'Unavailable', self),
    ];
    const { status = {} } = manifest as { status?: { addresses?: readonly { value: string }[] } };
    const madeUp = (status.addresses ?? []).map(({ value }) => value);
    return { status: { atProvider: { manifest }, conditions }, madeUp };
  },
};

/** The provider keeps what it saw last, whether it was ready included, and says that it cannot look. */
function unreached(self: ClusterObject): Json {
  const message = 'observe failed: cannot get object: dial tcp: connect: connection refused';
  const synced = condition('Synced', false, 'ReconcileError', self, message);
  const ready = conditionOf(self, 'Ready');
  return { ...statusOf(self), conditions: [synced, ...(ready ? [ready] : [])] };
}

/** A manifest without a name takes the Object's. Its generation counts with the Object's, as an API server's would. */
function atProvider(manifest: ClusterObject, self: ClusterObject, enginesFail: boolean): ClusterObject {
  const metadata = { ...manifest.metadata, name: manifest.metadata?.name ?? self.metadata.name };
  const stored = { ...manifest, metadata: { ...metadata, generation: self.metadata.generation ?? 1 } };
  const statusBy = enginesFail && isEngine(manifest) ? unavailableStatus : WORKLOADS[groupKindOf(manifest)];
  const status = statusBy?.(stored, self);
  return status ? { ...stored, status } : stored;
}

/** A Secret as the provider shows it: with values that it hides. Of whatever an Object refers to it is taken that it is there. */
const withValues = (secret: ClusterObject): ClusterObject => ({ ...secret, data: { redacted: null } });

function isReady(manifest: ClusterObject, { policy = 'SuccessfulCreate', celQuery }: Json): boolean {
  const conditions = conditionsOf(manifest);
  switch (policy) {
    case 'DeriveFromObject':
      return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    case 'AllTrue':
      return conditions.length > 0 && conditions.every(({ status }) => status === 'True');
    case 'DeriveFromCelQuery': {
      const outcome = evaluate(String(celQuery), { object: toCel(manifest, undefined) });
      return outcome.ok && outcome.value === true;
    }
    default:
      return true;
  }
}

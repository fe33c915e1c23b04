import { evaluate, toCel } from '../admit/cel.ts';
import { type ClusterObject, groupKindOf, isRecord, type Json, specOf } from '../objects.ts';
import { condition, type Simulator } from './simulator.ts';
import { WORKLOADS } from './workloads.ts';

/** An Object of provider-kubernetes: its manifest as the other cluster has it, and whether that counts as ready. */
export const object: Simulator = {
  says: 'provider-kubernetes (reaches every cluster, where all becomes ready at once)',
  simulate(self) {
    const { forProvider, readiness } = specOf(self) as { forProvider?: { manifest?: ClusterObject }; readiness?: Json };
    const written = forProvider?.manifest;
    if (!isRecord(written)) return undefined;
    const manifest = atProvider(written as ClusterObject, self);
    const ready = isReady(manifest, readiness ?? {});
    const conditions = [
      condition('Synced', true, 'ReconcileSuccess', self),
      condition('Ready', ready, ready ? 'Available' : 'Unavailable', self),
    ];
    return { status: { atProvider: { manifest }, conditions } };
  },
};

/** A manifest without a name takes the Object's. Its generation counts with the Object's, as an API server's would. */
function atProvider(manifest: ClusterObject, self: ClusterObject): ClusterObject {
  const metadata = { ...manifest.metadata, name: manifest.metadata?.name ?? self.metadata.name };
  const stored = { ...manifest, metadata: { ...metadata, generation: self.metadata.generation ?? 1 } };
  const status = WORKLOADS[groupKindOf(manifest)]?.(stored, self);
  return status ? { ...stored, status } : stored;
}

function isReady(manifest: ClusterObject, { policy = 'SuccessfulCreate', celQuery }: Json): boolean {
  const conditions = isRecord(manifest.status) ? ((manifest.status.conditions as Json[] | undefined) ?? []) : [];
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

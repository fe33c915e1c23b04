import { type ClusterObject, conditionOf } from '../preview/objects.ts';
import { describeCommand, type Problem, type Thing } from './node.ts';

/** An object of the control plane. */
export const thingOf = ({ apiVersion, kind, metadata: { namespace, name } }: ClusterObject): Thing => ({
  apiVersion,
  kind,
  ...(namespace !== undefined && { namespace }),
  name,
});

/** Why an XR's spec is not carried out. */
export function refusalOf(xr: ClusterObject): Problem | undefined {
  const accepted = conditionOf(xr, 'SpecAccepted');
  if (accepted?.status !== 'False') return undefined;
  const { reason = 'NotAccepted', message = '' } = accepted;
  return { reason, message, command: describeCommand(thingOf(xr)) };
}

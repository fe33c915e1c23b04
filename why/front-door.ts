import type { StatusCondition } from '#shared/kubernetes.ts';
import { PLATFORM_NAMESPACE, THE_GATEWAY } from '#shared/platform.ts';
import { OUR_GATEWAY } from '../functions/compose-inference-gateway/gateway.ts';
import { TRAEFIK } from '../functions/compose-inference-gateway/values.ts';
import { VERIFIER } from '../functions/compose-inference-gateway/verifier.ts';
import { type ClusterObject, isRecord } from '../preview/objects.ts';
import { detailOf } from '../preview/print/details.ts';
import {
  type Command,
  describeCommand,
  kubectl,
  leaf,
  listCommand,
  type Node,
  type Problem,
  type Thing,
  unseenNode,
  worstOf,
} from './node.ts';
import { refusalOf, thingOf } from './thing.ts';
import { find, objectAt, type View } from './view.ts';
import { type Word, wordOf } from './word.ts';

export const FRONT_DOOR = { apiVersion: THE_GATEWAY.apiVersion, kind: THE_GATEWAY.kind, name: 'default' } as const;

/** The front door: its controller, its Gateway with its certificate and address, and who decides who comes in. */
export function frontDoorNode(view: View): Node {
  const { object: xr, gap } = find(view, FRONT_DOOR);
  if (gap) return unseenNode(FRONT_DOOR, gap);
  if (xr === undefined)
    return leaf(FRONT_DOOR, 'Fails', {
      reason: 'NoFrontDoor',
      message: 'There is no InferenceGateway; the platform team creates one called default.',
      command: listCommand('InferenceGateway'),
    });
  const word = wordOf(view, xr);
  const refusal = refusalOf(xr);
  const children = PARTS.flatMap((part) => partNode(view, xr, word, part));
  const nothing = word.of('GatewayReady')?.reason === 'NothingAccepted';
  const problem = refusal ?? word.trouble;
  const state = worstOf(children);
  return {
    thing: thingOf(xr),
    state: state === 'Serves' && problem ? 'Impaired' : state,
    detail: detailOf(xr),
    ...(problem && { problem }),
    // Where no spec was ever accepted its parts say no more than that.
    children: nothing && refusal ? [] : children,
  };
}

interface Part {
  readonly type: string;
  readonly thing: (view: View, xr: ClusterObject) => Thing;
  /** What shows why it is not as it should be. */
  readonly command: (condition: StatusCondition, thing: Thing, view: View) => Command;
}

const inPlatform = (apiVersion: string, kind: string, name: string): Thing => ({
  apiVersion,
  kind,
  namespace: PLATFORM_NAMESPACE,
  name,
});

const TRAEFIK_DEPLOYMENT = inPlatform('apps/v1', 'Deployment', TRAEFIK);
const TRAEFIK_RELEASE = inPlatform('helm.m.crossplane.io/v1beta1', 'Release', TRAEFIK);
const VERIFIER_DEPLOYMENT = inPlatform('apps/v1', 'Deployment', VERIFIER);

/** The parts of a front door, in the order in which each needs the one before, by the conditions that tell of them. */
const PARTS: readonly Part[] = [
  {
    type: 'ControllerReady',
    thing: (view) => (isThere(view, TRAEFIK_DEPLOYMENT) ? TRAEFIK_DEPLOYMENT : TRAEFIK_RELEASE),
    command: ({ reason }, thing, view) => {
      if (reason?.startsWith('CRDs')) return kubectl('api-resources --api-group=gateway.networking.k8s.io');
      return describeIfThere(view, thing);
    },
  },
  {
    type: 'GatewayReady',
    thing: (_view, xr) => ({ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', ...gatewayOf(xr) }),
    command: ({ reason }, thing, view) => {
      if (reason === 'GatewayNotFound') return listCommand('Gateway', undefined, ' --all-namespaces');
      if (reason === 'WaitingForAddress' && thing.name === OUR_GATEWAY.name)
        return describeIfThere(view, inPlatform('v1', 'Service', TRAEFIK));
      return describeIfThere(view, thing);
    },
  },
  {
    type: 'AuthenticationReady',
    thing: () => VERIFIER_DEPLOYMENT,
    command: (_condition, thing, view) => describeIfThere(view, thing),
  },
];

function partNode(view: View, xr: ClusterObject, word: Word, { type, thing: thingIn, command }: Part): Node[] {
  const condition = word.of(type);
  // Nobody is asked who calls, or nothing is installed: then there is no such part.
  if (condition?.status === 'True' && ['AnybodyIsLetIn', 'BroughtByUser'].includes(condition.reason ?? '')) return [];
  const thing = thingIn(view, xr);
  if (condition?.status === 'True') return [leaf(thing, 'Serves', undefined, detailIn(view, thing))];
  const problem: Problem = {
    reason: condition?.reason ?? 'NotReported',
    message: condition?.message ?? `Nobody has said ${type} of the InferenceGateway yet.`,
    command: condition ? command(condition, thing, view) : describeCommand(FRONT_DOOR),
  };
  return [leaf(thing, 'Fails', problem)];
}

/** The Gateway that routes are told of, or are to be told of. */
function gatewayOf({ spec, status }: ClusterObject): { readonly name: string; readonly namespace: string } {
  const refs = [isRecord(spec) && spec.gatewayRef, isRecord(status) && status.gatewayRef];
  const ref = refs.find(isRecord) as { name?: string; namespace?: string } | undefined;
  const { name = OUR_GATEWAY.name, namespace = OUR_GATEWAY.namespace } = ref ?? {};
  return { name, namespace };
}

const isThere = (view: View, { apiVersion = '', ...thing }: Thing): boolean =>
  objectAt(view, { apiVersion, ...thing }) !== undefined;

/** What is not there, or not to be seen, cannot be described; who was to make it can. */
const describeIfThere = (view: View, thing: Thing): Command =>
  describeCommand(isThere(view, thing) ? thing : FRONT_DOOR);

function detailIn(view: View, { apiVersion = '', ...thing }: Thing): string {
  const object = objectAt(view, { apiVersion, ...thing });
  return object ? detailOf(object) : '';
}

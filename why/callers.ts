import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import type { ClusterObject } from '../preview/objects.ts';
import { accessOf, type Entry, isExpired, opens, readList } from '../verifier/access.ts';
import { kubectl, leaf, type Node, type Problem, type Thing, unseenText } from './node.ts';
import { gapAt, objectsAt, type View } from './view.ts';

/** The label of an access list. */
const ACCESS_LABEL = 'modelplane.ai/access';

const CONFIG_MAPS = { apiVersion: 'v1', kind: 'ConfigMap' } as const;

interface Service {
  readonly namespace: string;
  readonly name: string;
}

/** Who may call a service, by the access lists that may open it; or whether one caller may. */
export function callersNode(view: View, service: Service, caller: string | undefined): Node {
  const { namespace } = service;
  const thing: Thing = { kind: 'AccessLists', namespace, name: caller === undefined ? '*' : caller };
  const access = accessOf([namespace, PLATFORM_NAMESPACE].flatMap((one) => listsIn(view, one)));
  const mine = access.entries.filter((entry) => caller === undefined || isCaller(entry, caller));
  const opening = mine.filter((entry) => opens(entry, service) && !isExpired(entry, view.now));
  if (opening.length > 0) return leaf(thing, 'Serves', undefined, namesOf(opening));
  const gap = [namespace, PLATFORM_NAMESPACE]
    .map((one) => gapAt(view, { ...CONFIG_MAPS, namespace: one, having: ACCESS_LABEL }))
    .find(Boolean);
  const command = kubectl(`get configmaps --namespace=${namespace} --selector=${ACCESS_LABEL}`);
  if (gap) {
    const message = `${unseenText(gap)} What was seen lets ${caller ?? 'nobody'} ${caller === undefined ? 'in' : 'in nowhere'}.`;
    return leaf(thing, 'Unseen', { reason: gap.why, message, command });
  }
  const wrong = access.problems.filter(({ entry }) => caller === undefined || entry === caller.replace(/^.*\//, ''));
  const [first] = wrong;
  const problem = first
    ? {
        reason: 'EntryNotValid',
        message: `The entry ${first.entry ?? 'whose name is none'} of ConfigMap ${first.namespace}/${first.list} lets nobody in: ${first.sentence}.`,
        command: kubectl(`describe configmap ${first.list} --namespace=${first.namespace}`),
      }
    : refusedFor(view, service, mine, caller, command);
  return leaf(thing, 'Fails', problem);
}

function refusedFor(
  view: View,
  { namespace, name }: Service,
  mine: readonly Entry[],
  caller: string | undefined,
  command: Problem['command'],
): Problem {
  const who = caller ?? 'anybody';
  const expired = mine.filter((entry) => opens(entry, { namespace, name }) && isExpired(entry, view.now));
  if (expired.length > 0)
    return {
      reason: 'EntryExpired',
      message: `Access of ${namesOf(expired)} to ${namespace}/${name} has expired; nobody else opens it for ${who}.`,
      command,
    };
  return mine.length > 0 && caller !== undefined
    ? {
        reason: 'NotAllowed',
        message: `The entries of ${caller} open other services, not ${namespace}/${name}.`,
        command,
      }
    : {
        reason: 'NobodyIsLetIn',
        message: `No access list opens ${namespace}/${name} for ${who}: modelplane key new makes a key, and its entry.`,
        command,
      };
}

/** A key's caller by the entry's name, with its namespace or without; a token's by issuer and claim. */
const isCaller = (entry: Entry, caller: string): boolean =>
  entry.name === caller || entry.caller === caller || entry.callers.includes(caller);

function namesOf(entries: readonly Entry[]): string {
  const names = entries.map(({ caller }) => caller);
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

const listsIn = (view: View, namespace: string) =>
  objectsAt(view, { ...CONFIG_MAPS, namespace, having: ACCESS_LABEL })
    .filter(({ metadata }) => metadata.labels?.[ACCESS_LABEL] !== undefined)
    .map((object) => readList(accessList(object), PLATFORM_NAMESPACE));

function accessList({ metadata, data }: ClusterObject) {
  const { creationTimestamp } = metadata as { creationTimestamp?: string };
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    created: Date.parse(creationTimestamp ?? '') || 0,
    data: (data ?? {}) as Readonly<Record<string, string>>,
  };
}

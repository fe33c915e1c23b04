import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { type Access, type AccessList, accessOf, type Entry, isExpired, opens, readList } from '../verifier/access.ts';
import { decide, type Identity } from '../verifier/decision.ts';
import { closest } from './admit/words.ts';
import { listObjects } from './cluster.ts';
import { type ClusterObject, specOf } from './objects.ts';
import type { Problem } from './problem.ts';
import type { State } from './world.ts';

const MODELPLANE = 'modelplane.ai/v1alpha1';

const ACCESS_LABEL = 'modelplane.ai/access';

/** Who is asked for by --as. */
export const WHO = ['caller', 'group'] as const;

export interface As {
  readonly who: (typeof WHO)[number];
  /** Of a caller its entry, with its namespace where that is needed, or issuer:claim; of a group issuer:claim. */
  readonly name: string;
}

/** What somebody may call, as verifiers decide it. */
export interface CallerAnswer {
  /** The name that services behind the front door are told. */
  readonly caller: string;
  /** What goes for all of it: that nobody is asked at all. */
  readonly note?: string;
  readonly services: readonly CallableService[];
}

export interface CallableService {
  /** "ml-team/qwen" */
  readonly service: string;
  readonly allowed: boolean;
  /** What holds him, in words. */
  readonly limits: readonly string[];
  /** Why not. */
  readonly why?: string;
}

type Answered =
  | { readonly ok: true; readonly answer: CallerAnswer }
  | { readonly ok: false; readonly problem: Problem };

interface Limits {
  readonly requestsPerMinute?: number;
  readonly concurrent?: number;
}

interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly limits: Limits;
}

type Authentication = NonNullable<InferenceGateway['spec']['authentication']>;

/** What a caller may call, with which limits, and why not. Of a key that is its hash: the preview knows no keys. */
export function callableBy(state: State, as: readonly As[], now: number): Answered {
  const door = authenticationOf(state);
  const access = accessIn(state);
  const services = servicesIn(state);
  const found = identityOf(access, as);
  if (!found.ok) return found;
  const { identity, title } = found;
  if (door === undefined)
    return { ok: true, answer: { caller: title, note: NOT_ASKED, services: services.map(openToAll) } };
  const shut = notTaken(door, identity);
  const own = entriesFor(access, identity);
  const answered = services.map((service) => {
    const id = `${service.namespace}/${service.name}`;
    const limits = { requestsPerMinuteOf: () => service.limits.requestsPerMinute };
    const decision = decide(access, limits, identity, { kind: 'service', ...service }, now);
    if (shut !== undefined) return { service: id, allowed: false, limits: [], why: shut };
    if (!decision.ok) return { service: id, allowed: false, limits: [], why: whyNot(own, service, now) };
    const entry = own.find((one) => opens(one, service) && one.caller === decision.caller) ?? own[0];
    return { service: id, allowed: true, limits: limitsOf(service, entry) };
  });
  return { ok: true, answer: { caller: title, services: answered } };
}

/** Services that no entry opens to anybody, where the front door asks who calls. */
export function closedToAll(state: State, now: number): string[] {
  if (authenticationOf(state) === undefined) return [];
  const valid = accessIn(state).entries.filter((entry) => !isExpired(entry, now));
  return servicesIn(state)
    .filter((service) => !valid.some((entry) => opens(entry, service)))
    .map(({ namespace, name }) => `${namespace}/${name}`);
}

export const closedSentence = (service: string): string =>
  `Nobody may call ${service}: the front door asks who calls, and no access list opens it.`;

/** What is wrong with entries of access lists, as a verifier would say it in an Event. */
export const listProblems = (state: State): Problem[] =>
  accessIn(state).problems.map(({ namespace, list, entry = 'an entry', sentence }) => ({
    object: `ConfigMap ${namespace}/${list}`,
    message: `${entry} lets nobody in: ${sentence}`,
  }));

const NOT_ASKED = 'The InferenceGateway has no authentication, so anybody may call every service and no limit holds.';

const openToAll = ({ namespace, name }: Service): CallableService => ({
  service: `${namespace}/${name}`,
  allowed: true,
  limits: [],
});

function authenticationOf({ cluster }: State): Authentication | undefined {
  const [gateway] = listObjects(cluster, { apiVersion: MODELPLANE, kind: 'InferenceGateway' });
  return gateway && (specOf(gateway) as { authentication?: Authentication }).authentication;
}

const servicesIn = ({ cluster }: State): Service[] =>
  listObjects(cluster, { apiVersion: MODELPLANE, kind: 'ModelService' }).map((object) => ({
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    limits: (specOf(object) as { limits?: Limits }).limits ?? {},
  }));

const accessIn = ({ cluster }: State): Access =>
  accessOf(
    listObjects(cluster, { apiVersion: 'v1', kind: 'ConfigMap' })
      .filter(({ metadata }) => metadata.labels?.[ACCESS_LABEL] !== undefined)
      .map((object) => readList(listOf(object), PLATFORM_NAMESPACE)),
  );

const listOf = (object: ClusterObject): AccessList => ({
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
  // All of them are new: of two that disagree the first by name counts.
  created: 0,
  data: ((object as { data?: Record<string, string> }).data ?? {}) as Readonly<Record<string, string>>,
});

type Identified =
  | { readonly ok: true; readonly identity: Identity; readonly title: string }
  | { readonly ok: false; readonly problem: Problem };

const unknown = (message: string): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem: { message },
});

function identityOf(access: Access, as: readonly As[]): Identified {
  const groups = as.filter(({ who }) => who === 'group').map(({ name }) => name);
  const caller = as.find(({ who }) => who === 'caller')?.name;
  if (caller === undefined || caller.includes(':') || groups.length > 0)
    return {
      ok: true,
      identity: { kind: 'subject', caller: caller ?? '', groups },
      title: [caller, ...groups.map((group) => `group ${group}`)].filter(Boolean).join(', '),
    };
  const entries = access.entries.filter((entry) => entry.caller === caller || entry.name === caller);
  const [entry, other] = entries;
  if (entry === undefined) return unknown(nobodyCalled(access, caller));
  if (other !== undefined)
    return unknown(
      `--as caller=${caller}: it is in several namespaces; say caller=${entry.caller} or caller=${other.caller}`,
    );
  const [hash] = entry.keyHashes;
  if (hash === undefined)
    return unknown(`--as caller=${caller}: its entry is for tokens; say caller=ISSUER:NAME or group=ISSUER:NAME`);
  return { ok: true, identity: { kind: 'key', hash }, title: entry.caller };
}

function nobodyCalled({ entries, problems }: Access, caller: string): string {
  const bad = problems.find(({ namespace, entry }) => entry === caller || `${namespace}/${entry}` === caller);
  if (bad !== undefined)
    return `--as caller=${caller}: ConfigMap ${bad.namespace}/${bad.list} lets it in nowhere: ${bad.sentence}`;
  const names = entries.map((entry) => entry.caller);
  const meant = closest(caller, [...names, ...entries.map(({ name }) => name)]);
  return `--as caller=${caller}: no access list has it${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

/** Why a front door takes no such thing from anybody. */
function notTaken(door: Authentication, identity: Identity): string | undefined {
  if (identity.kind === 'key')
    return door.keys === undefined
      ? 'the InferenceGateway takes tokens alone: it has no authentication.keys'
      : undefined;
  const issuers = (door.jwt ?? []).map(({ name }) => name);
  const named = [identity.caller, ...identity.groups].filter((name) => name !== '').map((name) => name.split(':')[0]);
  const absent = named.find((issuer) => !issuers.includes(issuer ?? ''));
  return absent === undefined ? undefined : `the InferenceGateway has no issuer ${absent} in authentication.jwt`;
}

const entriesFor = (access: Access, identity: Identity): readonly Entry[] =>
  identity.kind === 'key'
    ? (access.keys.get(identity.hash) ?? [])
    : [
        ...(access.callers.get(identity.caller) ?? []),
        ...identity.groups.flatMap((group) => access.groups.get(group) ?? []),
      ];

function whyNot(own: readonly Entry[], service: Service, now: number): string {
  const gone = own.find((entry) => opens(entry, service) && entry.expires !== undefined && isExpired(entry, now));
  if (gone?.expires !== undefined)
    return `entry ${gone.name} of ConfigMap ${gone.namespace}/${gone.list} expired on ${new Date(gone.expires).toISOString()}`;
  if (own.length === 0) return 'no access list names it';
  const opened = own.map(
    ({ name, namespace, list, services }) =>
      `entry ${name} of ConfigMap ${namespace}/${list} opens ${[...services].join(', ')}`,
  );
  return `${opened.join('; ')} alone`;
}

function limitsOf({ limits: { requestsPerMinute, concurrent } }: Service, entry: Entry | undefined): string[] {
  return [
    ...(requestsPerMinute === undefined ? [] : [`${requestsPerMinute} requests a minute`]),
    ...(concurrent === undefined ? [] : [`${concurrent} at a time`]),
    ...(entry?.requestsPerMinute === undefined
      ? []
      : [`${entry.requestsPerMinute} requests a minute to all that entry ${entry.name} opens`]),
  ];
}

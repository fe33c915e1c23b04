import { BlockList, isIPv6 } from 'node:net';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';

/** Who sends or receives: a pod of some namespace, or an address outside of the cluster. */
export interface Peer {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly address?: string;
}

type Spec = NonNullable<INetworkPolicy['spec']>;
type Rule = NonNullable<Spec['ingress']>[number];
type From = NonNullable<Rule['from']>[number];
type Selector = Spec['podSelector'];

/**
 * Whether a pod accepts a TCP connection, by the rules of the NetworkPolicy API as its reference states them: a pod that no
 * policy selects for ingress accepts all; any other accepts what at least one rule of those policies lets in. Every
 * namespace has the label that an API server gives it, and those that are said.
 */
export function accepts(
  policies: readonly INetworkPolicy[],
  from: Peer,
  to: Peer,
  port: number,
  namespaceLabels: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): boolean {
  const about = policies.filter(
    ({ metadata, spec }) =>
      (metadata?.namespace ?? 'default') === to.namespace &&
      (spec?.policyTypes ?? ['Ingress']).includes('Ingress') &&
      selects(spec?.podSelector, to.labels),
  );
  if (about.length === 0) return true;
  const labelsOf = (namespace: string) => ({
    'kubernetes.io/metadata.name': namespace,
    ...namespaceLabels[namespace],
  });
  return about.some(({ metadata, spec }) =>
    (spec?.ingress ?? []).some(
      (rule) =>
        hasPort(rule, port) &&
        (isAnybody(rule) || rule.from?.some((one) => isFrom(one, from, metadata?.namespace ?? 'default', labelsOf))),
    ),
  );
}

const isAnybody = ({ from = [] }: Rule): boolean => from.length === 0;

const hasPort = ({ ports = [] }: Rule, wanted: number): boolean =>
  ports.length === 0 ||
  ports.some(({ protocol = 'TCP', port, endPort }) => {
    if (protocol !== 'TCP') return false;
    if (port === undefined) return true;
    if (typeof port === 'string') throw new Error(`port ${port}: names of ports are not read here`);
    return wanted >= port && wanted <= (endPort ?? port);
  });

function isFrom(
  { podSelector, namespaceSelector, ipBlock }: From,
  { namespace, labels, address }: Peer,
  own: string,
  labelsOf: (namespace: string) => Readonly<Record<string, string>>,
): boolean {
  if (ipBlock !== undefined)
    return address !== undefined && isIn(ipBlock.cidr, address) && !ipBlock.except?.some((cidr) => isIn(cidr, address));
  if (namespace === undefined) return false;
  const isThere = namespaceSelector === undefined ? namespace === own : selects(namespaceSelector, labelsOf(namespace));
  return isThere && (podSelector === undefined || selects(podSelector, labels));
}

/** An empty selector selects everything. */
function selects(selector: Selector | undefined, labels: Readonly<Record<string, string>> = {}): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const has = Object.hasOwn(labels, key);
      if (operator === 'Exists') return has;
      if (operator === 'DoesNotExist') return !has;
      const isOne = has && values.includes(labels[key] ?? '');
      if (operator === 'In') return isOne;
      if (operator === 'NotIn') return !isOne;
      throw new Error(`there is no operator ${operator}`);
    })
  );
}

function isIn(cidr: string, address: string): boolean {
  const [network = '', bits] = cidr.split('/');
  const family = (text: string) => (isIPv6(text) ? 'ipv6' : 'ipv4');
  if (family(network) !== family(address)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family(network));
  return list.check(address, family(address));
}

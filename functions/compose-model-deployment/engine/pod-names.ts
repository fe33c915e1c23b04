import { first } from './resources.ts';
import type { Container, PodSpec, PodTemplate } from './template.ts';

/** A key of a label, an annotation or a node selector (apimachinery, validation: qualified name). */
const KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** A name of a port (apimachinery, IsValidPortName). */
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/;

/** Names and choices that an API server would not take: a sentence without a full stop. */
export function namesProblem({ metadata = {}, spec = {} }: PodTemplate): string | undefined {
  const { containers = [], initContainers = [], nodeSelector = {}, tolerations = [], dnsPolicy, dnsConfig } = spec;
  return (
    keyProblem(metadata.labels, 'metadata.labels') ??
    keyProblem(metadata.annotations, 'metadata.annotations') ??
    keyProblem(nodeSelector, 'spec.nodeSelector') ??
    first(Object.entries(nodeSelector).map(([key, value]) => valueProblem(value, `spec.nodeSelector ${key}`))) ??
    first(tolerations.map((one, index) => tolerationProblem(one, `spec.tolerations[${index}]`))) ??
    affinityProblem(spec) ??
    spreadProblem(spec) ??
    first([...containers, ...initContainers].map(portsProblem)) ??
    (dnsPolicy === 'None' && (dnsConfig?.nameservers ?? []).length === 0
      ? 'template.spec.dnsPolicy None needs dnsConfig.nameservers; give one, or remove dnsPolicy'
      : undefined)
  );
}

function keyProblem(map: Readonly<Record<string, string>> | undefined, path: string): string | undefined {
  const odd = Object.keys(map ?? {}).find((key) => !KEY.test(key));
  return odd !== undefined
    ? `template.${path} has the key ${JSON.stringify(odd)}, and keys are letters, digits, dashes, dots and underscores, after a domain and a slash if need be; rename it`
    : undefined;
}

const valueProblem = (value: string, path: string): string | undefined =>
  VALUE.test(value) && value.length <= 63
    ? undefined
    : `template.${path} is ${JSON.stringify(value)}, which no label can be; correct it`;

type Toleration = NonNullable<PodSpec['tolerations']>[number];

function tolerationProblem(one: Toleration, path: string): string | undefined {
  const { key = '', operator = 'Equal', value = '', effect, tolerationSeconds } = one;
  if (key === '' && operator !== 'Exists') return `template.${path} has no key; give one, or operator Exists for all`;
  if (operator === 'Exists' && value !== '')
    return `template.${path} has operator Exists and value ${value}; remove the value, or set operator Equal`;
  return tolerationSeconds !== undefined && effect !== 'NoExecute'
    ? `template.${path} has tolerationSeconds, which goes with effect NoExecute; set it, or remove tolerationSeconds`
    : undefined;
}

function spreadProblem({ topologySpreadConstraints = [] }: PodSpec): string | undefined {
  const path = 'template.spec.topologySpreadConstraints';
  const idle = topologySpreadConstraints.find(
    ({ minDomains, whenUnsatisfiable }) => minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule',
  );
  if (idle !== undefined)
    return `${path} has minDomains ${idle.minDomains} for ${idle.topologyKey}, which goes with whenUnsatisfiable DoNotSchedule; set it, or remove minDomains`;
  const pairs = topologySpreadConstraints.map((one) => `${one.topologyKey} with ${one.whenUnsatisfiable}`);
  const twice = pairs.find((pair, index) => pairs.indexOf(pair) !== index);
  return twice && `${path} has ${twice} twice; keep one of them`;
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

function affinityProblem({ affinity = {}, topologySpreadConstraints = [] }: PodSpec): string | undefined {
  const { nodeAffinity: node, podAffinity, podAntiAffinity } = affinity;
  const terms = [
    ...(node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []),
    ...(node?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ preference }) => preference),
  ];
  const pods = [podAffinity, podAntiAffinity].flatMap((one) => [
    ...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
  const selectors = [...pods, ...topologySpreadConstraints].map(({ labelSelector }) => labelSelector);
  return first(
    [...terms, ...selectors].flatMap((one) => (one?.matchExpressions ?? []).map((each) => expressionProblem(each))),
  );
}

function expressionProblem({ key, operator, values = [] }: Expression): string | undefined {
  const what = `template.spec matches ${key} with operator ${operator}`;
  if (!KEY.test(key)) return `${what}, and that is no key of a label; correct it`;
  if (['In', 'NotIn'].includes(operator) && values.length === 0) return `${what} and no values; give some`;
  if (['Exists', 'DoesNotExist'].includes(operator) && values.length > 0) return `${what} and values; remove them`;
  return ['Gt', 'Lt'].includes(operator) && !(values.length === 1 && /^-?\d+$/.test(values[0] ?? ''))
    ? `${what}, which compares with one whole number; give one`
    : undefined;
}

function portsProblem({ name: container, ports = [] }: Container): string | undefined {
  const names = ports.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const odd = names.find((name) => !PORT_NAME.test(name));
  if (odd !== undefined)
    return `container ${container}: ports has the name ${JSON.stringify(odd)}, and names are up to 15 small letters, digits and dashes; rename it`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice && `container ${container}: ports has two of the name ${twice}; rename one of them`;
}

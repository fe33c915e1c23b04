import { Environment } from '@marcbachmann/cel-js';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { type Folder, objectsOf } from '../manifests.ts';

/** What an API server is asked to do, once it knows who asks. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly group: string;
  /** As `plural`, or `plural/subresource`. */
  readonly resource: string;
  readonly namespace: string;
  readonly kind: string;
  readonly user: { readonly username: string; readonly groups: readonly string[] };
  /** What the user may do, each as `verb resource.group`, or `verb resource.group in namespace`. */
  readonly allowed: readonly string[];
  readonly object: KubernetesObject | null;
  readonly oldObject: KubernetesObject | null;
}

/** What one validation of a policy says of a request that the policy is about. */
export interface Verdict {
  /** The policy's name and the validation's place in it. */
  readonly validation: string;
  /** The words in which it refuses; undefined where it lets the request pass. */
  readonly refused: string | undefined;
}

interface Expression {
  readonly expression: string;
}

interface Policy {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly paramKind?: object;
    readonly matchConstraints: { readonly resourceRules: readonly ResourceRule[] };
    readonly matchConditions?: readonly Expression[];
    readonly variables?: readonly (Expression & { readonly name: string })[];
    readonly validations: readonly (Expression & { readonly messageExpression: string })[];
  };
}

interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly string[];
}

const read = new Map<Folder, readonly Policy[]>();

/** Read once: hundreds of objects are held against them. */
function policiesOf(folder: Folder): readonly Policy[] {
  const policies = read.get(folder) ?? [...objectsOf<Policy>(folder, 'ValidatingAdmissionPolicy').values()];
  read.set(folder, policies);
  return policies;
}

const nameOf = ({ metadata }: Policy, index: number): string => `${metadata.name}, validation ${index}`;

/** Every validation of the policies of a folder. */
export const validationsOf = (folder: Folder): string[] =>
  policiesOf(folder).flatMap((policy) => policy.spec.validations.map((_, index) => nameOf(policy, index)));

/** The policies of a folder by CEL alone: what each that is about a request says of it. The API server's word is e2e's. */
export const verdicts = (folder: Folder, request: AdmissionRequest, params: readonly KubernetesObject[]): Verdict[] =>
  policiesOf(folder)
    .filter(({ spec }) => spec.matchConstraints.resourceRules.some((rule) => isAbout(rule, request)))
    .flatMap((policy) => (policy.spec.paramKind ? params : [null]).flatMap((param) => judge(policy, request, param)));

const isAbout = ({ apiGroups, resources, operations }: ResourceRule, request: AdmissionRequest): boolean =>
  (apiGroups.includes('*') || apiGroups.includes(request.group)) &&
  operations.includes(request.operation) &&
  resources.some((pattern) => covers(pattern.split('/'), request.resource.split('/')));

/** A pattern without a subresource is about the object itself, and one with any subresource about the object too. */
const covers = ([kind, subresource]: string[], [plural, requested]: string[]): boolean =>
  (kind === '*' || kind === plural) && (subresource === requested || subresource === '*');

/** Evaluates a policy in the order in which an API server does. */
function judge(policy: Policy, request: AdmissionRequest, params: KubernetesObject | null): Verdict[] {
  const { matchConditions = [], variables: named = [], validations } = policy.spec;
  const given = { ...contextOf(request), params };
  if (!matchConditions.every(({ expression }) => evaluate(expression, given))) return [];
  const variables: Record<string, unknown> = {};
  for (const { name, expression } of named) variables[name] = evaluate(expression, { ...given, variables });
  const said = { ...given, authorizer: undefined, variables: withoutAuthorizer(named, variables) };
  return validations.map(({ expression, messageExpression }, index) => ({
    validation: nameOf(policy, index),
    refused: evaluate(expression, { ...given, variables }) ? undefined : String(evaluate(messageExpression, said)),
  }));
}

/** What a message may name: an API server gives it no authorizer, nor a variable that asks one. */
function withoutAuthorizer(
  named: readonly (Expression & { readonly name: string })[],
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const asking = new Set<string>();
  for (const { name, expression } of named)
    if (/\bauthorizer\b/.test(expression) || [...asking].some((other) => expression.includes(`variables.${other}`)))
      asking.add(name);
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !asking.has(name)));
}

const contextOf = ({ object, oldObject, operation, namespace, user, allowed, ...request }: AdmissionRequest) => ({
  object,
  oldObject,
  request: {
    operation,
    namespace,
    kind: { kind: request.kind },
    resource: { group: request.group, resource: request.resource.split('/')[0] },
    userInfo: user,
  },
  authorizer: { allowed, asked: '' } satisfies Authorizer,
});

/** The authorizer of Kubernetes' CEL, as far as our policies ask it (k8s.io/apiserver, pkg/cel/library/authz.go). */
interface Authorizer {
  readonly allowed: readonly string[];
  /** What was asked about so far. */
  readonly asked: string;
}

const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  .registerFunction('map.group(string): map', (it: Authorizer, group: string) => asking(it, group))
  .registerFunction('map.resource(string): map', (it: Authorizer, plural: string) =>
    asking(it, `${plural}.${it.asked}`),
  )
  .registerFunction('map.check(string): map', (it: Authorizer, verb: string) => asking(it, `${verb} ${it.asked}`))
  .registerFunction('map.namespace(string): map', (it: Authorizer, name: string) =>
    asking(it, `${it.asked} in ${name}`),
  )
  .registerFunction('map.name(string): map', (it: Authorizer, name: string) => asking(it, `${it.asked} called ${name}`))
  .registerFunction('map.allowed(): bool', ({ allowed, asked }: Authorizer) =>
    allowed.some((right) => asked === right || asked.startsWith(`${right} `)),
  )
  .registerVariable('authorizer', 'map')
  .registerVariable('object', 'dyn')
  .registerVariable('oldObject', 'dyn')
  .registerVariable('request', 'dyn')
  .registerVariable('params', 'dyn')
  .registerVariable('variables', 'dyn');

const asking = (authorizer: Authorizer, asked: string): Authorizer => ({ ...authorizer, asked });

const programs = new Map<string, ReturnType<Environment['parse']>>();

function evaluate(expression: string, context: object): unknown {
  const program = programs.get(expression) ?? environment.parse(expression);
  programs.set(expression, program);
  return program(context);
}

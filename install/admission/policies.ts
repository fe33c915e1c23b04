import { Environment } from '@marcbachmann/cel-js';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { objectsOf } from '../manifests.ts';

/** What an API server is asked to do, once it knows who asks. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly group: string;
  /** As `plural`, or `plural/subresource`. */
  readonly resource: string;
  readonly namespace: string;
  readonly kind: string;
  readonly user: { readonly username: string; readonly groups: readonly string[] };
  /** What the user may do, each as `verb resource.group`. */
  readonly allowed: readonly string[];
  readonly object: KubernetesObject | null;
  readonly oldObject: KubernetesObject | null;
}

interface Expression {
  readonly expression: string;
}

interface Policy {
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

const POLICIES = [...objectsOf<Policy>('.', 'ValidatingAdmissionPolicy').values()];

/** The policies of install/ by CEL alone: what each that refuses a request says. The API server's own word is e2e's. */
export function refusals(request: AdmissionRequest, params: readonly KubernetesObject[]): string[] {
  return POLICIES.filter(({ spec }) => spec.matchConstraints.resourceRules.some((rule) => isAbout(rule, request)))
    .flatMap(({ spec }) => (spec.paramKind ? params : [null]).map((param) => refusal(spec, request, param)))
    .filter((message) => message !== undefined);
}

const isAbout = ({ apiGroups, resources, operations }: ResourceRule, request: AdmissionRequest): boolean =>
  apiGroups.includes(request.group) &&
  operations.includes(request.operation) &&
  resources.some((pattern) => covers(pattern.split('/'), request.resource.split('/')));

/** A pattern without a subresource is about the object itself, and one with any subresource about the object too. */
const covers = ([kind, subresource]: string[], [plural, requested]: string[]): boolean =>
  (kind === '*' || kind === plural) && (subresource === requested || subresource === '*');

/** Evaluates a policy in the order in which an API server does; the first validation that fails speaks. */
function refusal(spec: Policy['spec'], request: AdmissionRequest, params: KubernetesObject | null): string | undefined {
  const given = { ...contextOf(request), params };
  if (!(spec.matchConditions ?? []).every(({ expression }) => evaluate(expression, given))) return undefined;
  const variables: Record<string, unknown> = {};
  for (const { name, expression } of spec.variables ?? [])
    variables[name] = evaluate(expression, { ...given, variables });
  const failed = spec.validations.find(({ expression }) => !evaluate(expression, { ...given, variables }));
  return failed && String(evaluate(failed.messageExpression, { ...given, variables }));
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
  .registerFunction('map.allowed(): bool', ({ allowed, asked }: Authorizer) => allowed.includes(asked))
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

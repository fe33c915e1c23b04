import type { ModelDeployment } from '#schemas/modeldeployment.ts';

/** The curated pod template: the fields that are safe in a cluster that is shared. */
export type PodTemplate = NonNullable<ModelDeployment['spec']['template']>;
export type PodSpec = NonNullable<PodTemplate['spec']>;
export type Container = NonNullable<PodSpec['containers']>[number];
export type Probe = NonNullable<Container['readinessProbe']>;

/** How a container is asked after its health; a probe has one of these, and timings. */
export const HANDLERS = ['httpGet', 'tcpSocket', 'grpc', 'exec'] as const;

export const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * How two values of one field become one: by its own way, as a list whose entries have a key, or as an object of which
 * some fields have a rule. What has no rule, users' own keys among it, is merged key by key where both are maps, and
 * replaced where they are not: a rule is found by the path alone, never by a name that a user may have given.
 */
type Rule =
  | ((base: unknown, over: unknown) => unknown)
  | { readonly key: string; readonly entry: Rule }
  | { readonly fields: Readonly<Record<string, Rule>> };

const NO_RULE: Rule = { fields: {} };

/** A union of which only one member may be set: half of one and half of another would be refused. */
const whole: Rule = (_base, over) => over;

/** Timings alone are for the handler that is there. */
const probe: Rule = (base, over) =>
  isFields(base) && isFields(over) && !hasHandler(over) ? { ...base, ...over } : over;

export const hasHandler = (fields: Fields | undefined): boolean =>
  fields !== undefined && HANDLERS.some((handler) => fields[handler] !== undefined);

const CONTAINER: Rule = {
  fields: {
    env: { key: 'name', entry: whole },
    volumeMounts: { key: 'mountPath', entry: whole },
    lifecycle: { fields: { preStop: whole, postStart: whole } },
    ...Object.fromEntries(PROBES.map((name) => [name, probe])),
  },
};

const TEMPLATE: Rule = {
  fields: {
    spec: {
      fields: {
        containers: { key: 'name', entry: CONTAINER },
        initContainers: { key: 'name', entry: CONTAINER },
        volumes: { key: 'name', entry: whole },
      },
    },
  },
};

/**
 * One template over another: containers, env and volumes by name, mounts by path, maps key by key, a probe's timings
 * into its handler; everything else replaces what was there.
 */
export function mergeTemplates(...templates: readonly (PodTemplate | undefined)[]): PodTemplate {
  return templates.reduce<unknown>((base, template) => merge(base, template ?? {}, TEMPLATE), {}) as PodTemplate;
}

function merge(base: unknown, over: unknown, rule: Rule): unknown {
  if (typeof rule === 'function') return rule(base, over);
  if ('key' in rule) return mergeKeyed((base ?? []) as Fields[], over as Fields[], rule);
  if (!isFields(over)) return over;
  return mergeFields(isFields(base) ? base : {}, over, rule.fields);
}

function mergeFields(base: Fields, over: Fields, rules: Readonly<Record<string, Rule>>): Fields {
  const merged = Object.entries(over)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, merge(own(base, name), value, own(rules, name) ?? NO_RULE)]);
  return { ...base, ...Object.fromEntries(merged) };
}

/** The base's order stays; what is new comes after it. */
function mergeKeyed(base: readonly Fields[], over: readonly Fields[], { key, entry }: { key: string; entry: Rule }) {
  const merged = base.map((one) => {
    const other = over.find((candidate) => candidate[key] === one[key]);
    return other === undefined ? one : merge(one, other, entry);
  });
  return [...merged, ...over.filter((one) => !base.some((other) => other[key] === one[key]))];
}

/** A field that the object itself has: `constructor` is a key like any other. */
const own = <T>(fields: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

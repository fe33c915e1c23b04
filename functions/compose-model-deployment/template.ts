import type { ModelDeployment } from '#schemas/modeldeployment.ts';

/** The curated pod template: the fields that are safe in a cluster that is shared. */
export type PodTemplate = NonNullable<ModelDeployment['spec']['template']>;
export type Container = NonNullable<NonNullable<PodTemplate['spec']>['containers']>[number];

/** Lists whose entries have a name: an entry of the same name takes the other's place, or is merged into it. */
const KEYED: Readonly<Record<string, { readonly key: string; readonly deep: boolean }>> = {
  containers: { key: 'name', deep: true },
  initContainers: { key: 'name', deep: true },
  volumes: { key: 'name', deep: false },
  env: { key: 'name', deep: false },
  volumeMounts: { key: 'mountPath', deep: false },
};

/** Unions of which only one member may be set: half of one and half of another would be refused. */
const WHOLE: ReadonlySet<string> = new Set(['startupProbe', 'readinessProbe', 'livenessProbe', 'preStop']);

type Fields = Readonly<Record<string, unknown>>;

/**
 * One template over another: containers, env and volumes by name, mounts by path, maps key by key; everything else
 * replaces what was there.
 */
export function mergeTemplates(...templates: readonly (PodTemplate | undefined)[]): PodTemplate {
  return templates.reduce<Fields>((base, template) => mergeFields(base, (template ?? {}) as Fields), {}) as PodTemplate;
}

function mergeFields(base: Fields, over: Fields): Fields {
  const merged = Object.entries(over)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, mergeField(name, base[name], value)]);
  return { ...base, ...Object.fromEntries(merged) };
}

function mergeField(name: string, base: unknown, over: unknown): unknown {
  const keyed = KEYED[name];
  if (keyed !== undefined) return mergeKeyed((base ?? []) as Fields[], over as Fields[], keyed);
  return isFields(base) && isFields(over) && !WHOLE.has(name) ? mergeFields(base, over) : over;
}

/** The base's order stays; what is new comes after it. */
function mergeKeyed(base: readonly Fields[], over: readonly Fields[], { key, deep }: { key: string; deep: boolean }) {
  const replaced = base.map((entry) => {
    const other = over.find((candidate) => candidate[key] === entry[key]);
    return other === undefined ? entry : deep ? mergeFields(entry, other) : other;
  });
  return [...replaced, ...over.filter((entry) => !base.some((other) => other[key] === entry[key]))];
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

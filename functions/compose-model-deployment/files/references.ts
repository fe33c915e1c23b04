import type { PodTemplate } from '../engine/template.ts';

/** Fields of a pod that name a Secret, and by which field of theirs (Kubernetes API, core/v1). */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  secretKeyRef: ['name'],
  secretRef: ['name'],
  // A volume's has secretName, a projected source's has name.
  secret: ['secretName', 'name'],
};

/** A template whose containers and volumes name Secrets by what they are called in the cluster. */
export function renamed(template: PodTemplate, names: ReadonlyMap<string, string>): PodTemplate {
  const { spec } = template;
  if (names.size === 0 || spec === undefined) return template;
  const { containers, initContainers, volumes } = spec;
  const within = <T>(list: T): T => rename(list, names) as T;
  return {
    ...template,
    spec: {
      ...spec,
      ...(initContainers && { initContainers: within(initContainers) }),
      ...(containers && { containers: within(containers) }),
      ...(volumes && { volumes: within(volumes) }),
    },
  };
}

function rename(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [
      field,
      Object.hasOwn(NAMES, field) ? renameIn(inner, NAMES[field] ?? [], names) : rename(inner, names),
    ]),
  );
}

function renameIn(reference: unknown, fields: readonly string[], names: ReadonlyMap<string, string>): unknown {
  if (typeof reference !== 'object' || reference === null) return reference;
  return Object.fromEntries(
    Object.entries(reference).map(([field, value]) => [
      field,
      fields.includes(field) ? (names.get(String(value)) ?? value) : value,
    ]),
  );
}

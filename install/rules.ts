import type { KubernetesObject } from '#shared/kubernetes.ts';

/** A rule of a Role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Verbs by what they are about: `plural.group`, or `plural.group/name` where only some may be touched. */
export type Grants = Readonly<Record<string, readonly string[]>>;

export const groupOf = ({ apiVersion }: Pick<KubernetesObject, 'apiVersion'>): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

/** The plural by which the API serves a kind: English has no other rule for those that we meet. */
export function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith('s')) return `${singular}es`;
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

export const resourceOf = (object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): string =>
  [pluralOf(object.kind), groupOf(object)].filter((part) => part !== '').join('.');

/** What rules grant, whatever they are grouped by. */
export const grantsOf = (rules: readonly Rule[]): Grants =>
  merged(
    rules.flatMap(({ apiGroups, resources, resourceNames = [''], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.map((name) => ({
            [`${resource}${group && `.${group}`}${name && `/${name}`}`]: verbs,
          })),
        ),
      ),
    ),
  );

/** All that any of them grants, each list sorted. */
export function merged(all: readonly Grants[]): Grants {
  const verbs = new Map<string, Set<string>>();
  for (const [resource, granted] of all.flatMap((grants) => Object.entries(grants)))
    verbs.set(resource, new Set([...(verbs.get(resource) ?? []), ...granted]));
  return Object.fromEntries([...verbs].sort(byKey).map(([resource, granted]) => [resource, [...granted].sort()]));
}

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

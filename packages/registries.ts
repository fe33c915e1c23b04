import { Problem } from '../tools/problem.ts';
import { FUNCTIONS, functionRepository, ORGANISATION, objectName, PROVIDERS } from './repositories.ts';

/** Where packages are pulled from: each a registry and a path in it, such as registry.example.com/ml. */
export interface Registries {
  readonly ours: string;
  /** Of provider-kubernetes and provider-helm, which are somebody else's. */
  readonly providers: string;
}

export const PUBLIC: Registries = { ours: ORGANISATION, providers: 'xpkg.crossplane.io/crossplane-contrib' };

const PREFIX = /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

/** Refuses what no package can be pulled from, or what Crossplane would make names of that no Composition could call. */
export function checked(registries: Registries): Registries {
  for (const [option, prefix] of [
    ['--registry', registries.ours],
    ['--providers', registries.providers],
  ] as const) {
    if (!PREFIX.test(prefix)) {
      throw new Problem(
        `${option} is ${JSON.stringify(prefix)}: give a registry and a path in it, without a scheme and a tag, such as registry.example.com/ml.`,
      );
    }
  }
  const cut = FUNCTIONS.find((name) => !objectName(`${registries.ours}/${name}`).endsWith(name));
  if (cut) {
    throw new Problem(
      `--registry is ${registries.ours}: Crossplane names a function after its path, in 63 characters, and that of ${cut} does not fit; choose a shorter path.`,
    );
  }
  return registries;
}

/** What a text of the checkout says where packages are pulled from other registries, and so have other names. */
export function renamed(text: string, { ours, providers }: Registries): string {
  const names = [
    ...FUNCTIONS.map((name) => [objectName(functionRepository(name)), objectName(`${ours}/${name}`)]),
    ...PROVIDERS.map(({ repository }) => [
      objectName(repository),
      objectName(`${providers}/${repository.slice(PUBLIC.providers.length + 1)}`),
    ]),
  ] as const;
  const addressed = text.replaceAll(`${PUBLIC.providers}`, providers).replaceAll(PUBLIC.ours, ours);
  return names.reduce(
    (so, [from = '', to = '']) => so.replaceAll(new RegExp(`(?<![\\w./-])${from}(?![\\w-])`, 'g'), to),
    addressed,
  );
}

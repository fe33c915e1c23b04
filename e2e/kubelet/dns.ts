import { open } from 'node:fs/promises';
import type { V1EndpointSlice, V1Service } from '@kubernetes/client-node';

const SERVICE_LABEL = 'kubernetes.io/service-name';

/**
 * The names of Services as lines of /etc/hosts. Nothing here forwards cluster addresses, so every Service's name, not
 * only a headless one's, means the addresses of its ready endpoints.
 */
export function hostLines(services: readonly V1Service[], slices: readonly V1EndpointSlice[]): string[] {
  const slicesOf = Map.groupBy(slices, ({ metadata }) => `${metadata?.namespace}/${metadata?.labels?.[SERVICE_LABEL]}`);
  return services
    .flatMap(({ metadata }) => {
      const { name = '', namespace = '' } = metadata ?? {};
      const own = slicesOf.get(`${namespace}/${name}`) ?? [];
      const names = [`${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
      return readyAddresses(own).map((address) => `${address} ${names.join(' ')}`);
    })
    .sort();
}

export const readyAddresses = (slices: readonly V1EndpointSlice[]): string[] =>
  slices
    .filter(({ addressType }) => addressType !== 'FQDN')
    // A slice without endpoints has null for them.
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses);

/**
 * Overwrites a file that is mounted elsewhere, so it has to stay the same file; in one write and without shortening it,
 * so that who reads it meanwhile finds the old names or the new ones, and never none.
 */
export async function overwrite(file: string, text: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    const content = Buffer.from(text);
    const padding = Buffer.alloc(Math.max(0, size - content.length), '\n');
    await handle.write(Buffer.concat([content, padding]), 0, undefined, 0);
  } finally {
    await handle.close();
  }
}

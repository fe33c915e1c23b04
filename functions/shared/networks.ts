import { BlockList, isIP } from 'node:net';
import type { Host } from './hosts.ts';

/** Whether a text is a network such as 10.0.0.0/8 or fd00::/8. */
export function isNetwork(text: string): boolean {
  const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(length) <= (version === 4 ? 32 : 128);
}

/** Whether an address is in one of the networks; a name is in none. */
export function isInside({ host, addressType }: Host, networks: readonly string[]): boolean {
  if (addressType === 'FQDN') return false;
  const list = new BlockList();
  for (const network of networks.filter(isNetwork)) addNetwork(list, network);
  return list.check(host, addressType === 'IPv4' ? 'ipv4' : 'ipv6');
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', length] = network.split('/');
  list.addSubnet(address, Number(length), isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

import { isIP } from 'node:net';
import type { Environment } from '@marcbachmann/cel-js';

/** The functions that Kubernetes adds to CEL, as far as our rules call them; a test compiles every rule of apis/. */
export const withKubernetesFunctions = (environment: Environment): Environment =>
  environment.registerFunction('isCIDR(string): bool', isCIDR);

/** As Go's netip parses a prefix, and without IPv4 in IPv6 or a zone, which Kubernetes refuses. Host bits may be set. */
function isCIDR(text: string): boolean {
  const [address = '', length = '', ...more] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const plain =
    !address.includes('%') && !/^::ffff:\d+\./i.test(address) && !/^::ffff:[\da-f]+:[\da-f]+$/i.test(address);
  return more.length === 0 && plain && /^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= bits;
}

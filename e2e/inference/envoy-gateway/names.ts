import type { V1EndpointSlice, V1Service } from '@kubernetes/client-node';
import { readyAddresses } from '../../kubelet/dns.ts';

/** Everything that a cluster's DNS answers from. */
export interface Names {
  readonly services: readonly V1Service[];
  readonly slices: readonly V1EndpointSlice[];
}

/** The addresses of a Service by a name that a pod may have for it; undefined where there is no such Service. */
export function addressesOf(name: string, { services, slices }: Names): readonly string[] | undefined {
  const [service, namespace, svc = 'svc'] = name.toLowerCase().replace(/\.$/, '').split('.');
  const found = services.find(({ metadata }) => metadata?.name === service && metadata?.namespace === namespace);
  if (found === undefined || svc !== 'svc') return undefined;
  const { clusterIP } = found.spec ?? {};
  if (clusterIP && clusterIP !== 'None') return [clusterIP];
  return readyAddresses(
    slices.filter(
      ({ metadata }) =>
        metadata?.namespace === namespace && metadata?.labels?.['kubernetes.io/service-name'] === service,
    ),
  );
}

/** Where what is asked begins in a message (RFC 1035, §4.1). */
const HEADER_BYTES = 12;

/** Address records; a name that is there and has none of another type is answered with nothing. */
const TYPE_A = 1;

/** Answer and authoritative, with what a resolver that does not recurse says of the rest; the last bits say NXDOMAIN. */
const [ANSWERED, NO_SUCH_NAME] = [0x85_80, 0x85_83];

/** A second, as CoreDNS has at least: a client that keeps an answer for longer does so against our word. */
const TTL_SECONDS = 1;

/** The answer to a question for one name. */
export function answer(question: Buffer, lookUp: (name: string) => readonly string[] | undefined): Buffer {
  const { name, end } = nameIn(question);
  const found = lookUp(name);
  const type = question.readUInt16BE(end);
  const addresses = type === TYPE_A ? (found ?? []) : [];
  const header = Buffer.alloc(HEADER_BYTES);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(found ? ANSWERED : NO_SUCH_NAME, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, question.subarray(HEADER_BYTES, end + 4), ...addresses.map(record)]);
}

function nameIn(question: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.'), end: at + 1 };
}

/** Of the name that was asked for, which a pointer to the question says. */
function record(address: string): Buffer {
  const fixed = Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, TTL_SECONDS, 0, 4]);
  return Buffer.concat([fixed, Buffer.from(address.split('.').map(Number))]);
}

import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { isSameHost } from './hosts.ts';

/** Ports of the Service in front of a Traefik that we install: both are open, whichever of them has a listener. */
const USUAL_PORTS: readonly number[] = [80, 443];

/** Everything by which clients may reach the front door: each address of its Gateway, its names, and what is published. */
export function isFrontDoorHost(gateway: InferenceGateway | undefined, host: string): boolean {
  const { spec, status } = gateway ?? {};
  const published = publishedUrl(gateway)?.hostname.replace(/^\[|\]$/g, '');
  const own = [spec?.hostname, status?.address, ...(status?.addresses ?? []), published];
  return own.some((each) => isSameHost(each, host)) || (status?.hostnames ?? []).some((name) => covers(name, host));
}

/** Whether a listener's hostname, which may be one for all names below a domain, is one for this host. */
const covers = (hostname: string, host: string): boolean =>
  hostname.startsWith('*.') ? host.toLowerCase().endsWith(hostname.slice(1).toLowerCase()) : isSameHost(hostname, host);

/** Whether the front door is taken to listen on a port of its addresses. */
export function isFrontDoorPort(gateway: InferenceGateway | undefined, port: number): boolean {
  const url = publishedUrl(gateway);
  const published = url === undefined || url.port === '' ? USUAL_PORTS : [Number(url.port)];
  return published.includes(port);
}

const publishedUrl = (gateway: InferenceGateway | undefined): URL | undefined =>
  URL.parse(gateway?.status?.url ?? '') ?? undefined;

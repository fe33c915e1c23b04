import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import type { Refusal } from '#shared/function.ts';
import { isServerName } from '#shared/hosts.ts';
import { openAIPaths, rewrittenPaths, type UpstreamPaths, withBase } from '#shared/paths.ts';
import { bundleProblem } from '#shared/pem.ts';
import { type EndpointUrl, parseEndpointUrl, shown } from '#shared/urls.ts';
import { hasAuthority, verifiedName } from './backend.ts';

/** What a spec asks for, as far as it says so by itself. */
export type Wish = Accepted | { readonly ok: false; readonly refused: Refusal };

export interface Accepted {
  readonly ok: true;
  readonly url: EndpointUrl;
  readonly paths: UpstreamPaths;
}

export function wishOf(xr: ModelEndpoint): Wish {
  const { spec } = xr;
  const url = parseEndpointUrl(spec.url);
  if (!url.ok) return refuse('InvalidURL', `use spec.url${shown(spec.url)}: ${url.problem}`);
  const problem = tlsProblem(xr, url);
  if (problem !== undefined) return refuse('InvalidTLS', `use spec.tls.${problem}`);
  return { ok: true, url, paths: upstreamPaths(xr, url) };
}

function upstreamPaths({ spec }: ModelEndpoint, url: EndpointUrl): UpstreamPaths {
  const paths = spec.rewritePath === undefined ? openAIPaths(url.path) : rewrittenPaths(spec.rewritePath);
  return spec.basePath === undefined ? paths : withBase(paths, spec.basePath);
}

function tlsProblem(xr: ModelEndpoint, url: EndpointUrl): string | undefined {
  const { hostname, caBundle } = xr.spec.tls ?? {};
  if (hostname !== undefined && !isServerName(hostname))
    return `hostname ${hostname}: it is no name that a certificate can have; write the one in the provider's certificate`;
  const unusable = bundleProblem(caBundle);
  if (unusable !== undefined) return `caBundle: ${unusable}`;
  if (url.scheme === 'https' && hasAuthority(xr.spec) && verifiedName(xr, url) === undefined)
    return (
      `${caBundle === undefined ? 'caCertificateRef' : 'caBundle'} for ${url.host}: the gateway holds no certificate to an ` +
      'IPv6 address; set spec.tls.hostname to a name in the certificate'
    );
  return undefined;
}

const refuse = (reason: Refusal['reason'], problem: string): Wish => ({ ok: false, refused: { reason, problem } });

import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import type { Requirements } from '#shared/function.ts';
import { type KubernetesObject, namespaceOf } from '#shared/kubernetes.ts';
import { holdsCertificates } from '#shared/pem.ts';

/** The authority that an endpoint names, in its own namespace. */
export function authorityRequirement(xr: ModelEndpoint): Requirements {
  const ref = xr.spec.tls?.caCertificateRef;
  if (ref === undefined) return {};
  return { authority: { apiVersion: 'v1', kind: ref.kind, namespace: namespaceOf(xr), match: { name: ref.name } } };
}

/**
 * Why the authority cannot be used, if it cannot. Looked at here because Traefik answers 500 for a backend whose
 * authority it cannot read, and says so on the policy only while a route uses it.
 */
export function authorityProblem(xr: ModelEndpoint, [object]: readonly KubernetesObject[]): string | undefined {
  const ref = xr.spec.tls?.caCertificateRef;
  if (ref === undefined) return undefined;
  const named = `spec.tls.caCertificateRef: ${ref.kind} ${namespaceOf(xr)}/${ref.name}`;
  if (object === undefined) return `${named} is not there; create it with the authority's certificate in key ca.crt.`;
  const pem = certificateOf(object);
  if (pem === undefined) return `${named} has no key ca.crt; put the authority's certificate there.`;
  return holdsCertificates(pem) ? undefined : `${named} has no PEM certificate in key ca.crt; put one there.`;
}

function certificateOf({ kind, data }: KubernetesObject): string | undefined {
  const value = (data as Record<string, string> | undefined)?.['ca.crt'];
  return kind === 'Secret' && value !== undefined ? Buffer.from(value, 'base64').toString('utf8') : value;
}

import type { IBackendTLSPolicy } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import type { Lookup, Requirements } from '#shared/function.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { backendName } from '#shared/names.ts';
import { holdsCertificates } from '#shared/pem.ts';

type Ref = Pick<KubernetesObject, 'kind'> & { readonly name: string };

/**
 * The authorities in the own namespace: the one that the spec names, and the one that the policy names meanwhile. What
 * is observed is not known here, so the status remembers that.
 */
export function authorityRequirements(xr: ModelEndpoint): Requirements {
  const { authority } = xr.status ?? {};
  return {
    ...requirement(xr, 'authority', xr.spec.tls?.caCertificateRef),
    ...requirement(xr, 'formerAuthority', isRef(authority) ? authority : undefined),
  };
}

const requirement = (xr: ModelEndpoint, key: string, ref: Ref | undefined): Requirements =>
  ref === undefined
    ? {}
    : { [key]: { apiVersion: 'v1', kind: ref.kind, namespace: namespaceOf(xr), match: { name: ref.name } } };

const isRef = (ref: Partial<Ref> | undefined): ref is Ref =>
  (ref?.kind === 'ConfigMap' || ref?.kind === 'Secret') && ref.name !== undefined;

/**
 * Why the spec's authority cannot be used, if it cannot. Looked at here because Traefik answers 500 for a backend whose
 * authority it cannot read, and says so on the policy only while a route uses it.
 */
export function authorityProblem(xr: ModelEndpoint, lookup: Lookup): string | undefined {
  const ref = xr.spec.tls?.caCertificateRef;
  if (ref === undefined) return undefined;
  return problemOf(lookup('authority')[0], `spec.tls.caCertificateRef: ${ref.kind} ${namespaceOf(xr)}/${ref.name}`);
}

/** The authority of somebody else's that a policy names. */
export function authorityOf(xr: ModelEndpoint, policy: KubernetesObject | undefined): Ref | undefined {
  const [ref] = validationOf(policy).caCertificateRefs ?? [];
  return isRef(ref) && !(ref.kind === 'ConfigMap' && ref.name === backendName(xr)) ? ref : undefined;
}

/** Why requests that go by the policy which is there cannot be verified. One that nobody has fetched yet may well be there. */
export function policyProblem(
  xr: ModelEndpoint,
  host: string,
  { backendtlspolicy: policy, configmap }: Readonly<Record<string, KubernetesObject>>,
  lookup: Lookup,
): string | undefined {
  if (policy === undefined) return 'Waiting for backendtlspolicy to be created.';
  if (validationOf(policy).hostname !== host.replace(/:\d+$/, ''))
    return 'Waiting for backendtlspolicy, which is for another name.';
  const ref = authorityOf(xr, policy);
  if (ref === undefined)
    return namesOurs(xr, policy) && !configmap ? 'Waiting for configmap to be created.' : undefined;
  const known = Object.values(authorityRequirements(xr)).some(
    ({ kind, match }) => kind === ref.kind && 'name' in match && match.name === ref.name,
  );
  if (!known) return undefined;
  const found = [...lookup('authority'), ...lookup('formerAuthority')];
  const object = found.find((each) => each.kind === ref.kind && nameOf(each) === ref.name);
  return problemOf(object, `The authority of BackendTLSPolicy ${backendName(xr)}: ${ref.kind} ${ref.name}`);
}

const namesOurs = (xr: ModelEndpoint, policy: KubernetesObject): boolean =>
  validationOf(policy).caCertificateRefs?.some(({ name }) => name === backendName(xr)) === true;

const validationOf = (policy: KubernetesObject | undefined): Partial<IBackendTLSPolicy['spec']['validation']> =>
  (policy?.spec as Partial<IBackendTLSPolicy['spec']> | undefined)?.validation ?? {};

function problemOf(object: KubernetesObject | undefined, named: string): string | undefined {
  if (object === undefined) return `${named} is not there; create it with the authority's certificate in key ca.crt.`;
  const pem = certificateOf(object);
  if (pem === undefined) return `${named} has no key ca.crt; put the authority's certificate there.`;
  return holdsCertificates(pem) ? undefined : `${named} has no PEM certificate in key ca.crt; put one there.`;
}

function certificateOf({ kind, data }: KubernetesObject): string | undefined {
  const value = (data as Record<string, string> | undefined)?.['ca.crt'];
  return kind === 'Secret' && value !== undefined ? Buffer.from(value, 'base64').toString('utf8') : value;
}

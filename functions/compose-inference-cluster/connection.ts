import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import type { StatusCondition } from '#shared/kubernetes.ts';

/** Whether provider-kubernetes could do its work, and if not why; undefined before it has tried. */
export type Synced = StatusCondition | undefined;

/** Its word for what is not there. */
const NOT_THERE = /external resource does not exist/;

/** And for a kind that the API server does not have. */
const NO_SUCH_KIND = /no matches for /;

export const hasNoSuchKind = ({ message = '' }: StatusCondition): boolean => NO_SUCH_KIND.test(message);

/** The provider has looked, and there is no such object. */
export const isNotThere = (synced: Synced): boolean =>
  synced?.status === 'False' && NOT_THERE.test(synced.message ?? '');

/** Somebody answered, if only that it has no such thing. */
const answers = (synced: StatusCondition): boolean =>
  synced.status === 'True' || NOT_THERE.test(synced.message ?? '') || hasNoSuchKind(synced);

/** What is wrong with the way to a cluster and what to do, by the words of the provider; the first that fits. */
const PROBLEMS: readonly (readonly [said: RegExp, problem: (secret: string, cause: string) => string])[] = [
  [
    /^connect failed: .*(currentContext|invalid configuration|unmarshal|version\/kind|yaml|json)/,
    (secret) =>
      `${secret} does not hold a whole kubeconfig with a current context; put one there as docs/clusters.md says.`,
  ],
  [
    /getting credentials: |: exec plugin|[aA]uth [pP]rovider/,
    (secret) =>
      `The kubeconfig in ${secret} gets its credentials by a program that provider-kubernetes does not have; make one ` +
      'with a token as docs/clusters.md says.',
  ],
  [
    /failed to read token file/,
    (secret) =>
      `The kubeconfig in ${secret} has its token in a file of the machine that it was made on; make one with the token ` +
      'itself as docs/clusters.md says.',
  ],
  [
    // A file of certificates is not read, so the system's authorities are asked.
    /certificate signed by unknown authority/,
    (secret) =>
      `The certificate of the server is not signed by the authority of the kubeconfig in ${secret}; put that of the ` +
      'cluster there as certificate-authority-data, not as the name of a file.',
  ],
  [
    /^connect failed/,
    (secret, cause) => `Cannot use the kubeconfig in ${secret}: ${cause}; put one there as docs/clusters.md says.`,
  ],
  [
    /provide credentials|Unauthorized/,
    (secret) =>
      `The cluster refuses the credentials of the kubeconfig in ${secret}, which have expired or were revoked; make ` +
      'others as docs/clusters.md says.',
  ],
  [
    /forbidden/,
    (secret, cause) =>
      `The identity of the kubeconfig in ${secret} has too few rights: ${cause}; apply install/inference-cluster there.`,
  ],
  [
    new RegExp(`${NOT_THERE.source}|${NO_SUCH_KIND.source}`),
    (secret) =>
      `What answers at the server of the kubeconfig in ${secret} is not the API server of a cluster; correct its server.`,
  ],
  [
    /(?:)/,
    (secret, cause) =>
      `Cannot reach the cluster by the kubeconfig in ${secret}: ${cause}; check that its server and its certificate ` +
      'authority are those of the cluster, and that the API server runs.',
  ],
];

/** By what is in every cluster, because a server of another kind has no Gateway either. */
export function connected(xr: InferenceCluster, api: Synced, gateway: Synced): Condition {
  if (api === undefined)
    return condition('Connected', 'False', 'Connecting', 'Waiting for provider-kubernetes to reach the cluster.');
  const failure = api.status !== 'True' ? api : gateway && !answers(gateway) ? gateway : undefined;
  return failure === undefined
    ? condition('Connected', 'True', 'Connected', 'The API server of the cluster answers.')
    : condition('Connected', 'False', 'CannotConnect', `${problemOf(xr, failure)} What runs there stays as it is.`);
}

function problemOf({ spec }: InferenceCluster, { message, reason }: StatusCondition): string {
  const { namespace, name, key } = spec.kubeconfigSecretRef;
  const said = message ?? reason ?? 'it does not say why';
  const [, problem] = PROBLEMS.find(([pattern]) => pattern.test(said)) ?? [];
  return problem?.(`Secret ${namespace}/${name}, key ${key}`, causeOf(said)) ?? '';
}

/** How the provider got to where it failed: "cannot get object: failed to get server groups: ". */
const WAY = /^((connect|observe) failed|(cannot|failed to) [^:"]+): /;

/** The end of what the provider says. A connection's own port says nothing, and would differ each time. */
function causeOf(said: string): string {
  const rest = said.replace(WAY, '');
  return rest === said ? said.replaceAll(/\S+:\d+->/g, '').replace(/\.$/, '') : causeOf(rest);
}

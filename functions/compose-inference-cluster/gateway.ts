import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';

/** What provider-kubernetes last saw of the cluster's Gateway. */
export interface SeenGateway {
  /** Whether the provider could do its work, and if not why; undefined before it has tried. */
  readonly synced: StatusCondition | undefined;
  readonly conditions: readonly StatusCondition[];
  readonly addresses: readonly string[];
  readonly className: string | undefined;
}

interface GatewayObject {
  readonly status?: {
    readonly atProvider?: {
      readonly manifest?: KubernetesObject & {
        readonly spec?: { readonly gatewayClassName?: string };
        readonly status?: {
          readonly conditions?: readonly StatusCondition[];
          readonly addresses?: readonly { readonly value: string }[];
        };
      };
    };
  };
}

export function seenGateway({ spec }: InferenceCluster, object: KubernetesObject | undefined): SeenGateway {
  const manifest = (object as GatewayObject | undefined)?.status?.atProvider?.manifest;
  const { name, namespace } = spec.gateway;
  // What was seen of the Gateway that the spec named before says nothing about the one that it names now.
  const isThisOne = manifest?.metadata?.name === name && manifest.metadata.namespace === namespace;
  const { conditions = [], addresses = [] } = (isThisOne && manifest.status) || {};
  return {
    synced: conditionOf(conditionsOf(object), 'Synced'),
    conditions,
    addresses: addresses.map(({ value }) => value),
    className: isThisOne ? manifest.spec?.gatewayClassName : undefined,
  };
}

/** Where the front door sends requests. A Gateway that loses its address for a moment keeps the one it had. */
export function gatewayStatus({ spec, status }: InferenceCluster, seen: SeenGateway) {
  const address = spec.gateway.address ?? seen.addresses[0] ?? status?.gateway?.address;
  const className = seen.className ?? status?.gateway?.className;
  if (address === undefined) return undefined;
  return { address, port: spec.gateway.port, ...(className !== undefined && { className }) };
}

/** The provider's word for a Gateway that is not there; it was asked, so the cluster answers. */
const NOT_THERE = /external resource does not exist/;

/** A cluster that does not know the kind answers as well. */
const NO_SUCH_KIND = /no matches for /;

export function connected({ spec }: InferenceCluster, { synced }: SeenGateway): Condition {
  if (synced === undefined)
    return condition('Connected', 'False', 'Connecting', 'Waiting for provider-kubernetes to reach the cluster.');
  if (synced.status === 'True' || answers(synced))
    return condition('Connected', 'True', 'Connected', 'The API server of the cluster answers.');
  const { namespace, name, key } = spec.kubeconfigSecretRef;
  return condition(
    'Connected',
    'False',
    'CannotConnect',
    `Cannot work with the cluster by the kubeconfig in Secret ${namespace}/${name}, key ${key}: ${reasonOf(synced)}. ` +
      'Check that it is of this cluster, has not expired, and that its identity has the role of docs/clusters.md. ' +
      'What runs there stays as it is.',
  );
}

const answers = ({ message = '' }: StatusCondition): boolean => NOT_THERE.test(message) || NO_SUCH_KIND.test(message);

/** A connection's own port says nothing, and would differ each time. */
const reasonOf = ({ message, reason }: StatusCondition): string =>
  (message ?? reason ?? 'it does not say why').replaceAll(/\S+:\d+->/g, '').replace(/\.$/, '');

export function gatewayReady(
  { spec }: InferenceCluster,
  { synced, conditions }: SeenGateway,
  connection: Condition,
  status: { readonly address: string } | undefined,
): Condition {
  const { namespace, name } = spec.gateway;
  if (connection.status !== 'True')
    return condition('GatewayReady', 'Unknown', 'WaitingForConnection', 'Unknown until the cluster can be reached.');
  if (synced !== undefined && synced.status !== 'True')
    return notReady('GatewayNotFound', notFound(synced, `${namespace}/${name}`));
  const programmed = conditionOf(conditions, 'Programmed');
  if (programmed?.status !== 'True')
    return notReady(
      'WaitingForGateway',
      `Gateway ${namespace}/${name} is not programmed${programmed?.message ? `: ${programmed.message}` : ' yet'}`,
    );
  if (status === undefined)
    return notReady(
      'WaitingForAddress',
      `Gateway ${namespace}/${name} has no address; set spec.gateway.address if it is reached by another one.`,
    );
  return condition(
    'GatewayReady',
    'True',
    'Programmed',
    `Gateway ${namespace}/${name} is reached at ${status.address}.`,
  );
}

const notFound = ({ message = '' }: StatusCondition, gateway: string): string =>
  NO_SUCH_KIND.test(message)
    ? 'The cluster does not have the Gateway API; install its CRDs and a gateway that implements it.'
    : `There is no Gateway ${gateway} in the cluster; create it, or correct spec.gateway.`;

const notReady = (reason: Reason<'GatewayReady'>, message: string): Condition =>
  condition('GatewayReady', 'False', reason, message);

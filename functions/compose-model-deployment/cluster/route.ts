import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import { FAIRNESS_HEADERS, TENANT_HEADER } from '#shared/headers.ts';
import { type Cluster, namespaceAt, poolName, remoteLabels, type Site, sitePath } from '../site.ts';
import { POOL_GROUP } from './pool.ts';

interface Options {
  /** Requests may say whose they are by a header of its own. */
  readonly byTenant: boolean;
  /** The Gateway that the route names, for while its cluster has not said which serves: its spec may name any. */
  readonly before: { readonly name: string; readonly namespace?: string } | undefined;
}

/**
 * The site's path on the inference cluster's gateway. One pool per rule and no port: Envoy AI Gateway refuses two, and
 * gateways ignore the other. It sets no header, because the picker is asked before the gateway would set it.
 */
export function httpRoute(site: Site, cluster: Cluster, { byTenant, before }: Options): IHTTPRoute {
  const { name, namespace } = cluster.status?.parentRef ?? before ?? cluster.spec.gateway;
  const path = { type: 'PathPrefix', value: sitePath(site) } as const;
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: poolName(site), namespace: namespaceAt(site), labels: remoteLabels(site) },
    spec: {
      parentRefs: [
        {
          group: 'gateway.networking.k8s.io',
          kind: 'Gateway',
          name,
          namespace,
        },
      ],
      // A rule that replaces a prefix has one match: no API server takes two. Envoy AI Gateway 1.0 asks a picker once for
      // each rule that names its pool, which changes no answer.
      rules: ownTenant(site, byTenant).map((header) => ({
        matches: [{ path, headers: [header] }],
        filters: [
          { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
        ],
        backendRefs: [{ group: POOL_GROUP, kind: 'InferencePool', name: poolName(site) }],
        ...timeouts(cluster.status?.gateway?.className),
      })),
    },
  };
}

/** A long generation is no slow request, but Envoy would end it after 15 seconds. GKE's classes refuse the field. */
const timeouts = (className: string | undefined) =>
  className?.startsWith('gke-') ? {} : { timeouts: { request: '0s' } };

/**
 * Lets in only what the front door says is of this tenant. Its paths alone would not: another tenant's endpoint may name
 * this gateway by a host of its own making, which nobody can tell before it is resolved. Either header is enough, because
 * the front door sets or removes both: the second one is asked for once callers have fairness ids of their own.
 */
const ownTenant = ({ deployment }: Site, byTenant: boolean) =>
  [FAIRNESS_HEADERS[0], ...(byTenant ? [TENANT_HEADER] : [])].map(
    (name) => ({ type: 'Exact', name, value: deployment.namespace }) as const,
  );

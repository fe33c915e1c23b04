/**
 * The headers by which a request is bound to an InferenceObjective and to a flow. The picker trusts whoever sets
 * them, prefers the newer name, and still reads the older one, so both are always set or removed together
 * (llm-d-router v0.10.0, pkg/epp/metadata/consts.go).
 */
export const OBJECTIVE_HEADERS = ['x-llm-d-inference-objective', 'x-gateway-inference-objective'] as const;
export const FAIRNESS_HEADERS = ['x-llm-d-inference-fairness-id', 'x-gateway-inference-fairness-id'] as const;

/**
 * Whose service it is that a request was sent to. An inference cluster's routes let only their own tenant's in, by this
 * header where the fairness id is the caller's.
 */
export const TENANT_HEADER = 'x-modelplane-tenant';

/** Who calls, as the front door has verified it: `namespace/entry` for a key, `issuer:claim` for a token. */
export const CALLER_HEADER = 'x-modelplane-caller';

/**
 * What a client must not send to a picker or a prefill sidecar: another model than the path's, a destination of its
 * own choice, or claims on latency. A header filter removes at most 16 (Gateway API, HTTPHeaderFilter.remove).
 */
export const FORBIDDEN_HEADERS = [
  'x-llm-d-model-name-rewrite',
  'x-gateway-model-name-rewrite',
  'x-gateway-destination-endpoint',
  'x-gateway-destination-endpoint-subset',
  'x-llm-d-slo-ttft-ms',
  'x-slo-ttft-ms',
  'x-llm-d-slo-tpot-ms',
  'x-slo-tpot-ms',
  'x-llm-d-inference-ttl',
  'x-prefiller-host-port',
  'x-encoder-hosts-ports',
  'x-data-parallel-host-port',
  'x-data-parallel-rank',
  'x-kv-cache-source-host-port',
  TENANT_HEADER,
  // Where nobody asks who calls; else it is the front door's own word (route.ts).
  CALLER_HEADER,
] as const;

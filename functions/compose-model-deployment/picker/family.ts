import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import { OBJECTIVES } from '#shared/inference-apis.ts';
import type { Shape } from './shape.ts';

export type FamilyName = InferenceCluster['spec']['pickerFamily'];

/** What differs between the endpoint pickers that inference clusters run. */
export interface Family {
  readonly image: string;
  /** The API group that its picker reads objectives from, with the version. */
  readonly objectives: string;
  /** API groups that its picker watches if their kinds are there; without the right to it would wait for ever. */
  readonly watchedGroups: readonly string[];
  readonly configApiVersion: string;
  /** How it is told of a port of the metrics that is not the requests' own. */
  readonly metricsPort: 'parameter' | 'flag';
  /** Its metrics of how busy the engines of a pool are, each a mean over them. */
  readonly load: { readonly queue: string; readonly running: string };
  /** The label by which it knows an engine's kind. */
  readonly engineTypeLabel: string;
  /** Plugins beyond the scorers and the picker that a default configuration has. */
  readonly defaults: {
    readonly plugins: readonly string[];
    readonly fields: Readonly<Record<string, unknown>>;
  };
  /** The fields of its configuration. */
  readonly config: Shape;
  /** All plugin types of its image; undefined where the list is not closed. */
  readonly pluginTypes: ReadonlySet<string> | undefined;
  readonly featureGates: ReadonlySet<string> | undefined;
}

const LLM_D_GROUP = OBJECTIVES['llm-d'].group;
const GIE_GROUP = OBJECTIVES.gie.group;

const apiVersionOf = (family: FamilyName): string => `${OBJECTIVES[family].group}/${OBJECTIVES[family].version}`;

const PLUGIN_REF: Shape = { fields: { pluginRef: 'string' }, required: ['pluginRef'] };

const BAND: Shape = {
  fields: {
    priority: 'number',
    maxBytes: 'quantity',
    maxRequests: 'quantity',
    fairnessPolicyRef: 'string',
    orderingPolicyRef: 'string',
  },
  required: ['priority'],
};

const FLOW_CONTROL = {
  maxBytes: 'quantity',
  maxRequests: 'quantity',
  defaultRequestTTL: 'string',
  defaultPriorityBand: BAND,
  priorityBands: { list: BAND },
  usageLimitPolicyPluginRef: 'string',
} as const satisfies Record<string, Shape>;

/** What both families have (apix/config/v1alpha1 in either repository). */
const CONFIG = {
  featureGates: { list: 'string' },
  plugins: { list: { fields: { name: 'string', type: 'string', parameters: 'anything' }, required: ['type'] } },
  schedulingProfiles: {
    list: {
      fields: {
        name: 'string',
        plugins: { list: { fields: { pluginRef: 'string', weight: 'number' }, required: ['pluginRef'] } },
      },
      required: ['name', 'plugins'],
    },
  },
} as const satisfies Record<string, Shape>;

/** Every parser refuses what it does not know; the last one lets /tokenize and the like pass. */
const LLM_D_PARSERS = ['openai-parser', 'anthropic-parser', 'vllmhttp-parser', 'passthrough-parser'];

/** Registered by the picker's own main program (cmd/epp/runner/runner.go, v1.5.0). */
const GIE_PLUGINS =
  'approx-prefix-cache-producer concurrency-detector core-metrics-extractor destination-endpoint-served-verifier ' +
  'edf-ordering-policy endpoint-notification-source fcfs-ordering-policy global-strict-fairness-policy ' +
  'header-based-testing-filter inflight-load-producer k8s-notification-source kv-cache-utilization-scorer ' +
  'latency-scorer latency-slo-admitter lora-affinity-scorer max-score-picker metrics-data-source openai-parser ' +
  'passthrough-parser predicted-latency-producer predicted-latency-scorer prefix-cache-affinity-filter ' +
  'prefix-cache-scorer queue-scorer random-picker request-attribute-reporter round-robin-fairness-policy ' +
  'running-requests-size-scorer single-profile-handler slo-deadline-ordering-policy slo-headroom-tier-filter ' +
  'static-usage-limit-policy token-load-scorer utilization-detector vllmgrpc-parser weighted-random-picker';

/** The llm-d router 0.10, and the Gateway API inference extension 1.5, whose picker went into it. */
export const FAMILIES: Readonly<Record<FamilyName, Family>> = {
  'llm-d': {
    image: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0',
    objectives: apiVersionOf('llm-d'),
    watchedGroups: [LLM_D_GROUP, GIE_GROUP],
    configApiVersion: `${LLM_D_GROUP}/v1alpha1`,
    metricsPort: 'parameter',
    load: { queue: 'llm_d_epp_average_queue_size', running: 'llm_d_epp_average_running_requests' },
    engineTypeLabel: 'llm-d.ai/engine-type',
    defaults: {
      plugins: LLM_D_PARSERS,
      fields: { requestHandler: { parsers: LLM_D_PARSERS.map((pluginRef) => ({ pluginRef })) } },
    },
    config: {
      fields: {
        ...CONFIG,
        flowControl: {
          fields: {
            ...FLOW_CONTROL,
            defaultNegativePriorityBand: BAND,
            saturationDetector: PLUGIN_REF,
            enableEviction: 'boolean',
          },
        },
        requestHandler: { fields: { parsers: { list: PLUGIN_REF } } },
        dataLayer: {
          fields: {
            injectDefaults: 'boolean',
            sources: { list: { fields: { pluginRef: 'string', extractors: { list: PLUGIN_REF } } } },
            discovery: PLUGIN_REF,
          },
        },
      },
      required: ['plugins'],
    },
    pluginTypes: undefined,
    featureGates: undefined,
  },
  gie: {
    image: 'registry.k8s.io/gateway-api-inference-extension/epp:v1.5.0',
    objectives: apiVersionOf('gie'),
    watchedGroups: [GIE_GROUP],
    configApiVersion: `${GIE_GROUP}/v1alpha1`,
    metricsPort: 'flag',
    load: { queue: 'inference_pool_average_queue_size', running: 'inference_pool_average_running_requests' },
    engineTypeLabel: 'inference.networking.k8s.io/engine-type',
    defaults: { plugins: [], fields: {} },
    config: {
      fields: {
        ...CONFIG,
        flowControl: { fields: FLOW_CONTROL },
        parser: PLUGIN_REF,
        saturationDetector: PLUGIN_REF,
        dataLayer: {
          fields: {
            sources: {
              list: {
                fields: { pluginRef: 'string', extractors: { list: PLUGIN_REF } },
                required: ['pluginRef', 'extractors'],
              },
            },
          },
          required: ['sources'],
        },
      },
      required: ['plugins'],
    },
    pluginTypes: new Set(GIE_PLUGINS.split(' ')),
    featureGates: new Set(['flowControl', 'dataLayer', 'enableLegacyMetrics']),
  },
};

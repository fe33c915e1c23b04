/** Where everything of an inference cluster is: all addresses are this machine's. */
export interface InferenceClusterSpec {
  /** Of its API server. */
  readonly port: number;
  /** etcd takes this port and the next one. */
  readonly etcdPort: number;
  /** Where its Gateway listens. */
  readonly gateway: string;
  /** Where its Envoy is asked what it has loaded; on the loopback address. */
  readonly envoyAdminPort: number;
  /** Engines' pods get addresses from here. */
  readonly podRange: string;
  /** The first address that a picker's pod gets, by its number (addPodNetwork): no two kubelets share one. */
  readonly firstPicker: number;
  /** Where its engines are told how to behave. */
  readonly admin: string;
  /** Addresses of its Services. */
  readonly serviceRange: string;
  /** Of one that has the real gateway: where names are asked for, and what addresses of its load balancers begin with. */
  readonly real?: { readonly nameserver: string; readonly balancers: string };
  /** Its engines' processes get ports of this machine from here, below those that the kernel gives to clients. */
  readonly firstEnginePort: number;
}

export const INFERENCE_CLUSTERS = {
  us: {
    port: 6444,
    etcdPort: 2381,
    gateway: '10.90.3.1',
    envoyAdminPort: 19_901,
    podRange: '10.244.64.1/18',
    firstPicker: 64 << 8,
    admin: '10.90.3.254',
    serviceRange: '10.92.3.0/24',
    firstEnginePort: 22_000,
  },
  eu: {
    port: 6445,
    etcdPort: 2383,
    gateway: '10.90.4.1',
    envoyAdminPort: 19_902,
    podRange: '10.244.128.1/18',
    firstPicker: 128 << 8,
    admin: '10.90.4.254',
    serviceRange: '10.92.4.0/24',
    firstEnginePort: 27_000,
  },
  envoy: {
    port: 6446,
    etcdPort: 2385,
    gateway: '10.90.5.1',
    envoyAdminPort: 19_903,
    podRange: '10.244.192.1/18',
    firstPicker: 192 << 8,
    admin: '10.90.5.254',
    serviceRange: '10.92.8.0/22',
    firstEnginePort: 12_000,
    real: { nameserver: '10.90.5.53', balancers: '10.90.5' },
  },
} as const satisfies Record<string, InferenceClusterSpec>;

export type InferenceClusterName = keyof typeof INFERENCE_CLUSTERS;

export const INFERENCE_CLUSTER_NAMES = Object.keys(INFERENCE_CLUSTERS) as InferenceClusterName[];

/** The name in the certificate of a cluster's Gateway. No name server knows it. */
export const gatewayHostname = (cluster: InferenceClusterName): string => `${cluster}.inference.example`;

/** The label that our function gives a picker's pods, and no engine's. */
export const PICKER_LABEL = 'modelplane.ai/picker';

/** A picker with this image is said to run and has no process: for scenarios with more of them than a machine can run. */
export const NO_PICKER_IMAGE = 'e2e.modelplane.ai/no-picker:v1';

/** The label by which a pool selects its engines. */
export const POOL_LABEL = 'modelplane.ai/pool';

/** An engine whose pod has this label has no process: it passes its probes, and answers nothing else. */
export const LIGHT_ENGINE_LABEL = 'e2e.modelplane.ai/light-engine';

/** A pod with this label is run as it was composed, from its image, instead of being simulated. */
export const PROCESS_LABEL = 'e2e.modelplane.ai/process';

/** How the engines of a pool behave, from when they are told on. */
export interface EngineBehaviour {
  /** What the engine says of itself, whatever is so: requests that wait, and how full its cache is (0 to 1). */
  readonly waiting?: number;
  readonly cacheUsage?: number;
  /** The process is gone: nobody can connect. */
  readonly absent?: boolean;
}

/** What an engine saw of a request, in its answer. */
export interface EngineSeen {
  readonly cluster: string;
  readonly namespace: string;
  readonly pod: string;
  readonly pool: string;
  readonly address: string;
  readonly method: string;
  readonly path: string;
  readonly model: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What is known of an engine by who administers it. */
export interface EngineState {
  readonly namespace: string;
  readonly pod: string;
  readonly pool: string;
  readonly address: string;
  readonly requests: number;
  readonly behaviour: EngineBehaviour;
}

import {
  all,
  cluster,
  deployment,
  edit,
  enginesOf,
  FRONT_DOOR,
  manifestOf,
  put,
  report,
  settle,
  withAvailable,
} from '../functions/compose-model-deployment/testing.ts';
import type { ClusterObject, Json } from '../preview/objects.ts';
import type { State } from '../preview/world.ts';
import { settled } from './testing.ts';

const claim = () => settled(FRONT_DOOR, cluster('us'), deployment({}));

const PROVIDER = `
apiVersion: modelplane.ai/v1alpha1
kind: ModelEndpoint
metadata: { name: groq, namespace: ml-team, labels: { model: llama } }
spec: { url: https://api.groq.com/openai/v1 }
---
apiVersion: modelplane.ai/v1alpha1
kind: ModelService
metadata: { name: llama, namespace: ml-team }
spec: { endpoints: [{ selector: { matchLabels: { model: llama } } }] }`;

const service = () => settled(FRONT_DOOR, PROVIDER);

/** An Object of provider-kubernetes, by what it is in the inference cluster. */
function remote(state: State, kind: string, isIt: (name: string) => boolean = () => true): ClusterObject {
  const found = all(state, 'Object').find((object) => {
    const { kind: of, metadata } = manifestOf(object);
    return of === kind && isIt(metadata.name);
  });
  if (found === undefined) throw new Error(`no ${kind} is looked at`);
  return found;
}

const named = (state: State, kind: string, beginning: string): ClusterObject => {
  const found = all(state, kind).find(({ metadata }) => metadata.name.startsWith(beginning));
  if (found === undefined) throw new Error(`no ${kind} ${beginning}`);
  return found;
};

/** What is seen of an object in an inference cluster from now on. */
function seen(state: State, object: ClusterObject, status: Json): void {
  const manifest = { ...manifestOf(object), metadata: { ...manifestOf(object).metadata, generation: 1 }, status };
  report(state, object, {
    atProvider: { manifest },
    conditions: [
      { type: 'Synced', status: 'True' },
      { type: 'Ready', status: 'False' },
    ],
  });
}

const refused = (type: string, reason: string, message: string) => ({ type, status: 'False', reason, message });

const callers = (list: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: callers, namespace: ml-team, labels: { modelplane.ai/access: "" } }
data: { alice: '${list}' }`;

const HASH = `sha256:${'0'.repeat(64)}`;
const ASKED = FRONT_DOOR.replace('{ backend: Traefik }', '{ authentication: { keys: {} } }');
const asked = (entry: object) => settled(ASKED, PROVIDER, callers(JSON.stringify(entry)));

/** A control plane with one fault, what is asked about it, and who is to be blamed. */
export interface Planted {
  readonly cause: string;
  readonly plant: () => State;
  readonly ask: string;
  /** Who is to blame, and its one word. */
  readonly blames: string;
  readonly reason: string;
  readonly says: string;
  readonly look: { readonly run: string; readonly cluster?: string };
}

const POOL = 'qwen-default-6b8e252e52';

export const PLANTED: readonly Planted[] = [
  {
    cause: 'a front door that nobody has made',
    plant: () => settled(cluster('us'), deployment({})),
    ask: 'modeldeployment/qwen',
    blames: 'InferenceGateway default',
    reason: 'NoFrontDoor',
    says: 'There is no InferenceGateway; the platform team creates one called default.',
    look: { run: 'kubectl get inferencegateway' },
  },
  {
    cause: 'a front door of which no pod runs',
    plant: () => {
      const state = service();
      report(state, named(state, 'Deployment', 'traefik'), { availableReplicas: 0 });
      return settle(state);
    },
    ask: 'ms/llama',
    blames: 'Deployment modelplane-system/traefik',
    reason: 'Installing',
    says: 'available',
    look: { run: 'kubectl describe deployment traefik --namespace=modelplane-system' },
  },
  {
    cause: 'a certificate that is not there',
    plant: () =>
      settled(FRONT_DOOR.replace('{ backend: Traefik }', '{ tls: { certificateRef: { name: gone } } }'), PROVIDER),
    ask: 'ms/llama',
    blames: 'Gateway modelplane-system/modelplane',
    reason: 'ListenersNotValid',
    says: 'Secret modelplane-system/gone must be there',
    look: { run: 'kubectl describe gateway.gateway.networking.k8s.io modelplane --namespace=modelplane-system' },
  },
  {
    cause: 'an endpoint that no endpoint may be',
    plant: () => settled(FRONT_DOOR, PROVIDER.replace('https://api.groq.com/openai/v1', 'http://169.254.169.254')),
    ask: 'ms/llama',
    blames: 'ModelEndpoint ml-team/groq',
    reason: 'NotAllowed',
    says: '169.254.169.254',
    look: { run: 'kubectl describe modelendpoint groq --namespace=ml-team' },
  },
  {
    cause: 'an endpoint that is withdrawn, and not the route that misses its Service',
    plant: () => {
      const state = service();
      edit(state, 'ModelEndpoint', 'groq', { url: 'http://169.254.169.254' });
      settle(state);
      const route = named(state, 'HTTPRoute', 'llama-');
      const [parent] = (route.status as unknown as { parents: [{ conditions: { type: string }[] }] }).parents;
      const conditions = parent.conditions.filter(({ type }) => type !== 'ResolvedRefs');
      const missing = refused('ResolvedRefs', 'BackendNotFound', 'service "groq-5eac0b572d" not found');
      report(state, route, { parents: [{ ...parent, conditions: [...conditions, missing] }] });
      return state;
    },
    ask: 'ms/llama',
    blames: 'ModelEndpoint ml-team/groq',
    reason: 'NotAllowed',
    says: '169.254.169.254',
    look: { run: 'kubectl describe modelendpoint groq --namespace=ml-team' },
  },
  {
    cause: 'a service that selects nobody',
    plant: () => settled(FRONT_DOOR, PROVIDER.replace('labels: { model: llama }', 'labels: { model: lama }')),
    ask: 'ms/llama',
    blames: 'ModelService ml-team/llama',
    reason: 'NoEndpoints',
    says: 'No ModelEndpoint in this namespace has the labels of any entry',
    look: { run: 'kubectl get modelendpoint --namespace=ml-team --show-labels' },
  },
  {
    cause: 'a Service that somebody has edited',
    plant: () => {
      const state = service();
      const backend = named(state, 'Service', 'groq-');
      put(state, { ...backend, spec: { clusterIP: 'None', ports: [{ name: 'api-tls', port: 444 }] } });
      return state;
    },
    ask: 'ms/llama',
    blames: 'Service ml-team/groq-5eac0b572d',
    reason: 'PortMissing',
    says: 'Somebody has edited Service',
    look: { run: 'kubectl describe service groq-5eac0b572d --namespace=ml-team' },
  },
  {
    cause: 'a route that the front door does not let in',
    plant: () =>
      settled(
        FRONT_DOOR.replace(
          '{ backend: Traefik }',
          '{ routes: { namespaceSelector: { matchLabels: { nobody: has } } } }',
        ),
        PROVIDER,
      ),
    ask: '/ml-team/llama/v1/chat/completions',
    blames: 'HTTPRoute ml-team/llama-b91450228a',
    reason: 'NotAllowedByListeners',
    says: 'The front door refuses the route',
    look: { run: 'kubectl describe httproute.gateway.networking.k8s.io llama-b91450228a --namespace=ml-team' },
  },
  {
    cause: 'a path that is not published',
    plant: service,
    ask: 'http://192.0.2.80/ml-team/llama/tokenize',
    blames: 'URL //192.0.2.80/ml-team/llama/tokenize',
    reason: 'PathNotPublished',
    says: '/ml-team/llama/tokenize is not published: /ml-team/llama/v1 is',
    look: { run: 'kubectl describe modelservice llama --namespace=ml-team' },
  },
  {
    cause: 'a spec that is refused',
    plant: () =>
      settled(FRONT_DOOR, cluster('us'), deployment({ endpointPicker: { config: { plugins: [], nonsense: 1 } } })),
    ask: 'md/qwen',
    blames: 'ModelDeployment ml-team/qwen',
    reason: 'InvalidPicker',
    says: 'nonsense',
    look: { run: 'kubectl describe modeldeployment qwen --namespace=ml-team' },
  },
  {
    cause: 'no cluster that a placement may have',
    plant: () => settled(FRONT_DOOR, deployment({})),
    ask: 'md/qwen',
    blames: 'Placement ml-team/default',
    reason: 'Unscheduled',
    says: 'There is no InferenceCluster',
    look: { run: 'kubectl get inferencecluster --show-labels' },
  },
  {
    cause: 'a cluster whose API server has never answered',
    plant: () => {
      const state = settled(FRONT_DOOR, cluster('us'));
      const message = 'observe failed: cannot get object: dial tcp 10.0.0.1:6443: connect: connection refused';
      for (const object of all(state, 'Object'))
        report(state, object, {
          conditions: [{ type: 'Synced', status: 'False', reason: 'ReconcileError', message }],
        });
      return settle(state);
    },
    ask: 'ic/us',
    blames: 'InferenceCluster us',
    reason: 'CannotConnect',
    says: 'connection refused',
    look: { run: 'kubectl describe inferencecluster us' },
  },
  {
    cause: "a cluster's gateway that is not programmed",
    plant: () => {
      const state = claim();
      const invalid = refused('Programmed', 'Invalid', 'no listener is valid');
      seen(state, remote(state, 'Gateway'), { conditions: [invalid] });
      seen(state, remote(state, 'HTTPRoute'), {
        parents: [{ conditions: [refused('Accepted', 'NoMatchingParent', 'no listener')] }],
      });
      return settle(state);
    },
    ask: 'md/qwen',
    blames: 'Gateway inference/inference-gateway on us',
    reason: 'WaitingForGateway',
    says: 'Gateway inference/inference-gateway is not programmed: no listener is valid',
    look: {
      run: 'kubectl describe gateway.gateway.networking.k8s.io inference-gateway --namespace=inference',
      cluster: 'us',
    },
  },
  {
    cause: 'a picker that does not run',
    plant: () => {
      const state = claim();
      withAvailable(
        state,
        remote(state, 'Deployment', (name) => name.endsWith('-epp')),
        0,
      );
      return settle(state);
    },
    ask: 'md/qwen',
    blames: `Deployment mp-ml-team/${POOL}-epp on us`,
    reason: 'PickerNotAvailable',
    says: 'The endpoint picker is not available yet.',
    look: {
      run: `kubectl describe pods --namespace=mp-ml-team --selector=modelplane.ai/picker=${POOL}`,
      cluster: 'us',
    },
  },
  {
    cause: 'engines that do not run',
    plant: () => {
      const state = claim();
      withAvailable(state, enginesOf(state, 'default'), 0);
      return settle(state);
    },
    ask: 'modeldeployments.modelplane.ai/qwen',
    blames: `Deployment mp-ml-team/${POOL} on us`,
    reason: 'EnginesNotAvailable',
    says: '0 of 1 engines are available.',
    look: {
      run: `kubectl describe pods --namespace=mp-ml-team --selector=modelplane.ai/pool=${POOL}`,
      cluster: 'us',
    },
  },
  {
    cause: 'a quota',
    plant: () => {
      const state = claim();
      const failure = {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'pods "qwen-1" is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=1',
      };
      seen(state, enginesOf(state, 'default'), { replicas: 0, conditions: [failure] });
      return settle(state);
    },
    ask: 'md/qwen',
    blames: `Deployment mp-ml-team/${POOL} on us`,
    reason: 'ReplicaFailure',
    says: 'exceeded quota: gpus',
    look: { run: 'kubectl describe resourcequotas --namespace=mp-ml-team', cluster: 'us' },
  },
  {
    cause: 'what an inference cluster does not take',
    plant: () => {
      const state = claim();
      const message = 'create failed: cannot create object: admission webhook "gpu" denied the request: no GPU today';
      const object = enginesOf(state, 'default');
      report(state, object, {
        atProvider: {},
        conditions: [{ type: 'Synced', status: 'False', reason: 'ReconcileError', message }],
      });
      return settle(state);
    },
    ask: 'md/qwen',
    blames: `Deployment mp-ml-team/${POOL} on us`,
    reason: 'NotApplied',
    says: 'no GPU today',
    look: {
      run: 'kubectl describe object.kubernetes.m.crossplane.io qwen-default-deployment-4bf2345e88 --namespace=ml-team',
    },
  },
  {
    cause: 'a verifier that does not run',
    plant: () => {
      const state = asked({ keyHash: HASH, services: ['*'] });
      report(state, named(state, 'Deployment', 'verifier'), { availableReplicas: 0 });
      return settle(state);
    },
    ask: 'ms/llama',
    blames: 'Deployment modelplane-system/verifier',
    reason: 'WaitingForVerifier',
    says: 'Nobody is let in',
    look: { run: 'kubectl describe deployment verifier --namespace=modelplane-system' },
  },
  {
    cause: 'that nobody is let in',
    plant: () => settled(ASKED, PROVIDER),
    ask: 'ms/llama',
    blames: 'AccessLists ml-team/*',
    reason: 'NobodyIsLetIn',
    says: 'No access list opens ml-team/llama for anybody',
    look: { run: 'kubectl get configmaps --namespace=ml-team --selector=modelplane.ai/access' },
  },
  {
    cause: 'an entry that has expired',
    plant: () => asked({ keyHash: HASH, services: ['llama'], expires: '2026-12-31T00:00:00Z' }),
    ask: 'ms/llama',
    blames: 'AccessLists ml-team/*',
    reason: 'EntryExpired',
    says: 'Access of ml-team/alice to ml-team/llama has expired',
    look: { run: 'kubectl get configmaps --namespace=ml-team --selector=modelplane.ai/access' },
  },
  {
    cause: 'an entry with a mistake',
    plant: () => asked({ keyHash: HASH, service: ['llama'] }),
    ask: 'ms/llama',
    blames: 'AccessLists ml-team/*',
    reason: 'EntryNotValid',
    says: 'The entry alice of ConfigMap ml-team/callers lets nobody in',
    look: { run: 'kubectl describe configmap callers --namespace=ml-team' },
  },
  {
    cause: 'that there is no such thing',
    plant: service,
    ask: 'ms/lama',
    blames: 'ModelService ml-team/lama',
    reason: 'NotThere',
    says: 'There is no ModelService lama in namespace ml-team. Did you mean llama?',
    look: { run: 'kubectl get modelservice --namespace=ml-team' },
  },
];

export const HEALTHY = { claim, service, asked: () => asked({ keyHash: HASH, services: ['*'] }) } as const;

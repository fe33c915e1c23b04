import type { KeyPair } from '../pki.ts';
import { gatewayHostname, INFERENCE_CLUSTERS, type InferenceClusterName, NO_PICKER_IMAGE } from './catalogue.ts';

/** The Gateway of each inference cluster. */
export const GATEWAY = { namespace: 'inference', name: 'inference-gateway' } as const;

const GATEWAY_PORT = 80;

export const GATEWAY_CERTIFICATE = 'gateway-certificate';

const GATEWAY_CLASS = 'envoy';

/** Who answers for the class: the stand-in for a workload gateway's controller. */
export const CONTROLLER = 'e2e.modelplane.ai/envoy';

export const SECRETS_NAMESPACE = 'modelplane-system';

/** What the platform team of an inference cluster with the stand-in makes there before anything is placed. */
export const gatewayManifests = (cluster: InferenceClusterName, { cert, key }: KeyPair): object[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: GATEWAY.namespace } },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: GATEWAY.namespace, name: GATEWAY_CERTIFICATE },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': cert, 'tls.key': key },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: GATEWAY_CLASS },
    spec: { controllerName: CONTROLLER },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { ...GATEWAY },
    spec: {
      gatewayClassName: GATEWAY_CLASS,
      listeners: [
        { name: 'http', port: GATEWAY_PORT, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } },
        {
          name: 'https',
          port: 443,
          protocol: 'HTTPS',
          hostname: gatewayHostname(cluster),
          tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: GATEWAY_CERTIFICATE }] },
          allowedRoutes: { namespaces: { from: 'All' } },
        },
      ],
    },
  },
];

export const secretName = (cluster: InferenceClusterName): string => `${cluster}-kubeconfig`;

/** On the control plane: the kubeconfig of the identity that install/inference-cluster made. */
export const kubeconfigSecret = (cluster: InferenceClusterName, kubeconfig: string): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: SECRETS_NAMESPACE, name: secretName(cluster) },
  type: 'Opaque',
  stringData: { kubeconfig },
});

/** Who passes requests on for the real one. */
const PROXIES = {
  namespace: 'envoy-gateway-system',
  labels: { 'modelplane.ai/gateway': GATEWAY.name },
  disruptionBudget: GATEWAY.name,
};

/** On the control plane: the cluster as the platform team declares it. Its address comes from the Gateway's status. */
export const inferenceCluster = (cluster: InferenceClusterName): object => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceCluster',
  metadata: { name: cluster, labels: { region: cluster } },
  spec: {
    kubeconfigSecretRef: { namespace: SECRETS_NAMESPACE, name: secretName(cluster), key: 'kubeconfig' },
    gateway: { ...GATEWAY, port: GATEWAY_PORT, ...('real' in INFERENCE_CLUSTERS[cluster] && { proxies: PROXIES }) },
    // The picker whose program can be had here is the inference extension's, not llm-d's.
    pickerFamily: 'gie',
    picker: { allowedImages: [NO_PICKER_IMAGE] },
  },
});

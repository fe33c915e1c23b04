import type { KindCases } from '../case.ts';

const kubeconfigSecretRef = { namespace: 'modelplane-system', name: 'us' };
const gateway = { name: 'inference', namespace: 'envoy' };
const tls = { hostname: 'us.example.com', caBundle: 'Y2E=' };
const spec = { kubeconfigSecretRef, gateway };
const at = (address: string) => ({ ...spec, gateway: { ...gateway, address } });

export const INFERENCE_CLUSTER: KindCases = {
  kind: 'InferenceCluster',
  namespaced: false,
  name: 'judged',
  accepted: [
    { name: 'a kubeconfig and a Gateway', spec },
    {
      name: 'TLS to its Gateway',
      spec: { ...spec, gateway: { ...gateway, tls: { hostname: 'us.example.com' } } },
    },
    {
      name: "its gateway's proxies, and who reads metrics",
      spec: {
        ...spec,
        gateway: { ...gateway, implementation: 'Other', proxies: { namespace: 'envoy', labels: { app: 'envoy' } } },
        metricsCollectors: [{ namespace: 'monitoring', labels: { app: 'prometheus' } }],
      },
    },
    {
      name: "what counts its gateway's proxies",
      spec: {
        ...spec,
        gateway: { ...gateway, proxies: { namespace: 'envoy', labels: { app: 'envoy' }, disruptionBudget: 'envoy' } },
      },
    },
    ...['198.51.100.7', 'fd00::1', 'gateway.us.example.com', 'gateway.us.example.com.'].map((address) => ({
      name: `the address ${address}`,
      spec: at(address),
    })),
    {
      name: 'pickers as the platform wants them',
      spec: {
        ...spec,
        picker: {
          image: 'registry.example.com/picker:1',
          allowedImages: ['registry.example.com/picker:2'],
          secureServing: false,
          resources: { requests: { cpu: '500m', memory: '256Mi' }, limits: { memory: 1073741824 } },
          nodeSelector: { pool: 'cpu' },
          tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }],
          imagePullSecrets: [{ name: 'registry' }],
        },
      },
    },
  ],
  refused: [
    {
      name: 'a gateway that is none of those known',
      spec: { ...spec, gateway: { ...gateway, implementation: 'Nginx' } },
      at: 'spec.gateway.implementation',
      instead: { ...spec, gateway: { ...gateway, implementation: 'Other' } },
    },
    {
      name: 'proxies without a label, which would be all pods of a namespace',
      spec: { ...spec, gateway: { ...gateway, proxies: { namespace: 'envoy', labels: {} } } },
      at: 'spec.gateway.proxies.labels',
      instead: { ...spec, gateway: { ...gateway, proxies: { namespace: 'envoy', labels: { app: 'envoy' } } } },
    },
    { name: 'a cluster without a Gateway', spec: { kubeconfigSecretRef }, at: 'spec.gateway', instead: spec },
    {
      name: 'a port that is none',
      spec: { ...spec, gateway: { ...gateway, port: 70_000 } },
      at: 'spec.gateway.port',
      instead: { ...spec, gateway: { ...gateway, port: 7000 } },
    },
    {
      name: 'an image that pickers may have, twice',
      spec: { ...spec, picker: { allowedImages: ['a', 'a'] } },
      at: 'spec.picker.allowedImages',
      instead: { ...spec, picker: { allowedImages: ['a'] } },
    },
    {
      name: 'an authority given twice',
      spec: { ...spec, gateway: { ...gateway, tls: { ...tls, caCertificateRef: { kind: 'ConfigMap', name: 'ca' } } } },
      at: 'spec.gateway.tls',
      says: 'takes caBundle or caCertificateRef, not both',
      instead: { ...spec, gateway: { ...gateway, tls } },
    },
    {
      name: 'a Prometheus that is no URL',
      spec: { ...spec, prometheus: { serverAddress: 'prometheus.monitoring:9090' } },
      at: 'spec.prometheus.serverAddress',
      says: 'is an http or https URL',
      instead: { ...spec, prometheus: { serverAddress: 'http://prometheus.monitoring:9090' } },
    },
    {
      name: 'a picker family that is unknown',
      spec: { ...spec, pickerFamily: 'llmd' },
      at: 'spec.pickerFamily',
      instead: { ...spec, pickerFamily: 'llm-d' },
    },
    {
      name: 'a PriorityClass for a criticality that is none',
      spec: { ...spec, priorityClasses: { Urgent: 'production' } },
      at: 'spec.priorityClasses.Urgent',
      instead: { ...spec, priorityClasses: { Critical: 'production' } },
    },
  ],
};

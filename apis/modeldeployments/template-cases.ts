import type { AcceptedCase, RefusedCase } from '../case.ts';

const MODEL = { model: 'Qwen/Qwen3-8B' };

/** What is refused of a pod template, and what takes its place. */
interface TemplateCase {
  readonly name: string;
  readonly template: object;
  /** Below the template. */
  readonly at: string;
  readonly says?: string;
  readonly instead: object;
}

const pods = (spec: object) => ({ spec });
const volume = (source: object) => pods({ volumes: [{ name: 'a', ...source }] });

/** A shared cluster: what one tenant's pods may not have. */
const PODS: readonly TemplateCase[] = [
  {
    name: 'the node’s network',
    template: pods({ hostNetwork: true }),
    at: 'spec.hostNetwork',
    says: 'remove hostNetwork',
    instead: pods({}),
  },
  {
    name: 'the node’s processes',
    template: pods({ hostPID: true }),
    at: 'spec.hostPID',
    says: 'remove hostPID',
    instead: pods({}),
  },
  {
    name: 'the node’s shared memory',
    template: pods({ hostIPC: true }),
    at: 'spec.hostIPC',
    says: 'mount an emptyDir of medium Memory at /dev/shm instead of hostIPC',
    instead: volume({ emptyDir: { medium: 'Memory' } }),
  },
  {
    name: 'the node’s files',
    template: volume({ hostPath: { path: '/' } }),
    at: 'spec.volumes[0].hostPath',
    says: 'use emptyDir or persistentVolumeClaim instead of hostPath',
    instead: volume({ persistentVolumeClaim: { claimName: 'a' } }),
  },
  {
    name: 'a volume that is nothing',
    template: volume({}),
    at: 'spec.volumes[0]',
    says: 'a volume is one of emptyDir, persistentVolumeClaim, configMap and secret, or of ephemeral',
    instead: volume({ emptyDir: {} }),
  },
  {
    name: 'a service account of one’s choosing',
    template: pods({ serviceAccountName: 'default' }),
    at: 'spec.serviceAccountName',
    says: 'remove serviceAccountName',
    instead: pods({}),
  },
  ...['containers', 'initContainers'].map((list) => ({
    name: `privileged ${list}`,
    template: pods({ [list]: [{ name: 'a', image: 'i', securityContext: { privileged: true } }] }),
    at: `spec.${list}[0].securityContext.privileged`,
    says: 'remove privileged, GPUs come by resources.limits',
    instead: pods({ [list]: [{ name: 'a', image: 'i', securityContext: { runAsUser: 1000 } }] }),
  })),
  {
    name: 'a label that no pod can have',
    template: { metadata: { labels: { team: 'our team' } } },
    at: 'metadata.labels.team',
    instead: { metadata: { labels: { team: 'our-team' } } },
  },
  {
    name: 'a network of another namespace',
    template: { metadata: { annotations: { 'k8s.v1.cni.cncf.io/networks': 'mp-other/fast' } } },
    at: 'metadata.annotations',
    says: "networks may be those of the pods' own namespace only",
    instead: { metadata: { annotations: { 'k8s.v1.cni.cncf.io/networks': 'fast, slow@eth2' } } },
  },
  {
    name: 'a network of another namespace in the long form',
    template: {
      metadata: { annotations: { 'v1.multus-cni.io/default-network': '[{"name":"fast","namespace":"mp-other"}]' } },
    },
    at: 'metadata.annotations',
    says: 'leave the namespace out',
    instead: { metadata: { annotations: { 'v1.multus-cni.io/default-network': 'fast' } } },
  },
  {
    name: 'labels that the deployment sets',
    template: { metadata: { labels: { 'modelplane.ai/pool': 'x' } } },
    at: 'metadata.labels',
    says: 'are set by the deployment; remove them',
    instead: { metadata: { labels: { team: 'x' } } },
  },
  {
    name: 'a field of a pod that a shared cluster cannot allow',
    template: pods({ nodeName: 'n1' }),
    at: 'spec.nodeName',
    instead: pods({ nodeSelector: { node: 'n1' } }),
  },
];

const annotated = (annotations: object) => ({ metadata: { annotations } });

/** A field of the pods that is refused with a sentence, and is left out instead. */
const withoutField = (field: string, value: unknown, says: string): TemplateCase => ({
  name: `${field} of the pods`,
  template: pods({ [field]: value }),
  at: `spec.${field}`,
  says,
  instead: pods({}),
});

const FIELDS: readonly TemplateCase[] = [
  withoutField('serviceAccount', 'default', 'remove serviceAccount'),
  withoutField('automountServiceAccountToken', true, 'remove automountServiceAccountToken'),
  withoutField('enableServiceLinks', true, 'remove enableServiceLinks'),
  withoutField('restartPolicy', 'Never', 'remove restartPolicy'),
  withoutField('schedulerName', 'volcano', 'remove schedulerName'),
  withoutField('priorityClassName', 'system-node-critical', 'remove priorityClassName'),
  withoutField('activeDeadlineSeconds', 60, 'remove activeDeadlineSeconds'),
  withoutField('readinessGates', [{ conditionType: 'a.b/c' }], 'remove readinessGates'),
  withoutField('dnsPolicy', 'ClusterFirstWithHostNet', 'goes with hostNetwork, which engines may not have'),
  withoutField('resources', { limits: { memory: '64Gi' } }, 'give them in resources of the containers'),
  withoutField('schedulingGates', [{ name: 'a.b/c' }], 'remove schedulingGates'),
  ...[
    { field: 'seccompProfile', value: { type: 'Unconfined' }, below: '.type' },
    { field: 'appArmorProfile', value: { type: 'Unconfined' }, below: '.type' },
    { field: 'sysctls', value: [{ name: 'net.core.somaxconn', value: '1' }], below: '' },
    { field: 'seLinuxOptions', value: { type: 'spc_t' }, below: '' },
  ].map(({ field, value, below }) => ({
    name: `${field} of the pods`,
    template: pods({ securityContext: { [field]: value } }),
    at: `spec.securityContext.${field}${below}`,
    says: `remove ${field}`,
    instead: pods({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }),
  })),
  ...[
    { source: { nfs: { server: 'files', path: '/' } }, says: 'persistentVolumeClaim of it instead of nfs' },
    { source: { csi: { driver: 'secrets-store.csi.k8s.io' } }, says: 'a Secret instead of csi' },
    { source: { image: { reference: 'models/qwen:1' } }, says: 'by an init container with that image' },
  ].map(({ source, says }) => ({
    name: `a volume of kind ${Object.keys(source)[0]}`,
    template: volume(source),
    at: `spec.volumes[0].${Object.keys(source)[0]}`,
    says,
    instead: volume({ emptyDir: {} }),
  })),
  {
    name: 'a token of a service account',
    template: volume({ projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }),
    at: 'spec.volumes[0].projected.sources[0].serviceAccountToken',
    says: 'remove serviceAccountToken',
    instead: volume({ projected: { sources: [{ secret: { name: 'a' } }] } }),
  },
  {
    name: 'a namespace of the pods',
    template: { metadata: { namespace: 'vllm' } },
    at: 'metadata.namespace',
    says: 'remove namespace',
    instead: { metadata: { labels: { app: 'vllm' } } },
  },
];

/** What a container may not have, and what takes its place. */
const CONTAINER: readonly { name: string; fields: object; at: string; says: string; instead: object }[] = [
  {
    name: 'devices of volumes',
    fields: { volumeDevices: [{ name: 'a', devicePath: '/dev/a' }] },
    at: 'volumeDevices',
    says: 'use volumeMounts',
    instead: {},
  },
  {
    name: 'a port of the node',
    fields: { ports: [{ containerPort: 8000, hostPort: 8000 }] },
    at: 'ports[0].hostPort',
    says: 'remove hostPort',
    instead: { ports: [{ containerPort: 8000 }] },
  },
  ...['startupProbe', 'readinessProbe', 'livenessProbe', 'lifecycle.postStart', 'lifecycle.preStop'].map((path) => {
    const [field = '', hook] = path.split('.');
    const asks = (httpGet: object) => ({ [field]: hook === undefined ? { httpGet } : { [hook]: { httpGet } } });
    return {
      name: `another host in ${path}`,
      fields: asks({ port: 8000, host: '169.254.169.254' }),
      at: `${path}.httpGet.host`,
      says: 'remove host',
      instead: asks({ port: 8000 }),
    };
  }),
  {
    name: 'more rights than it starts with',
    fields: { securityContext: { allowPrivilegeEscalation: true } },
    at: 'securityContext.allowPrivilegeEscalation',
    says: 'remove allowPrivilegeEscalation',
    instead: { securityContext: { allowPrivilegeEscalation: false } },
  },
  {
    name: 'a capability',
    fields: { securityContext: { capabilities: { add: ['IPC_LOCK'] } } },
    at: 'securityContext.capabilities.add',
    says: 'remove capabilities.add',
    instead: { securityContext: { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } } },
  },
  ...['seccompProfile', 'appArmorProfile'].map((field) => ({
    name: `no ${field}`,
    fields: { securityContext: { [field]: { type: 'Unconfined' } } },
    at: `securityContext.${field}.type`,
    says: `remove ${field}`,
    instead: { securityContext: { [field]: { type: 'RuntimeDefault' } } },
  })),
];

const CONTAINERS: readonly TemplateCase[] = ['containers', 'initContainers'].flatMap((list) =>
  CONTAINER.map(({ name, fields, at, says, instead }) => ({
    name: `${name}, of ${list}`,
    template: pods({ [list]: [{ name: 'a', image: 'i', ...fields }] }),
    at: `spec.${list}[0].${at}`,
    says,
    instead: pods({ [list]: [{ name: 'a', image: 'i', ...instead }] }),
  })),
);

const NEAR = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'a' } } };
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

const AFFINITY: readonly TemplateCase[] = ['podAffinity', 'podAntiAffinity'].flatMap((affinity) =>
  [
    { field: 'namespaces', value: ['mp-other'] },
    { field: 'namespaceSelector', value: {} },
  ].flatMap(({ field, value }) =>
    [
      { at: `${REQUIRED}[0]`, terms: (term: object) => ({ [REQUIRED]: [term] }) },
      {
        at: `${PREFERRED}[0].podAffinityTerm`,
        terms: (term: object) => ({ [PREFERRED]: [{ weight: 1, podAffinityTerm: term }] }),
      },
    ].map(({ at, terms }) => ({
      name: `${field} of other tenants in ${affinity}.${at}`,
      template: pods({ affinity: { [affinity]: terms({ ...NEAR, [field]: value }) } }),
      at: `spec.affinity.${affinity}.${at}.${field}`,
      says: `remove ${field}`,
      instead: pods({ affinity: { [affinity]: terms(NEAR) } }),
    })),
  ),
);

/** What a manifest that runs elsewhere has, and what does nobody harm. */
const HARMLESS: readonly { name: string; template: object }[] = [
  {
    name: 'a pod that is written for a namespace that enforces restricted',
    template: pods({
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'engine',
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    }),
  },
  {
    name: 'what a Deployment’s manifest says of itself',
    template: {
      metadata: { name: 'vllm', creationTimestamp: null, labels: { app: 'vllm' } },
      spec: { restartPolicy: 'Always', enableServiceLinks: false, automountServiceAccountToken: false },
    },
  },
  {
    name: 'names of the pods’ own, and users apart from the node’s',
    template: pods({ hostname: 'engine', subdomain: 'engines', hostUsers: false }),
  },
  {
    name: 'pods that are spread',
    template: pods({
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
      ],
    }),
  },
  {
    name: 'devices by a claim',
    template: pods({
      resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'one-gpu' }],
      containers: [{ name: 'engine', resources: { claims: [{ name: 'gpu' }] } }],
    }),
  },
  {
    name: 'files of a ConfigMap by key and mode',
    template: volume({ configMap: { name: 'a', defaultMode: 0o444, items: [{ key: 'k', path: 'p', mode: 0o400 }] } }),
  },
  {
    name: 'a volume of each pod’s own',
    template: volume({
      ephemeral: {
        volumeClaimTemplate: {
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100Gi' } } },
        },
      },
    }),
  },
  { name: 'annotations of the pods', template: annotated({ 'prometheus.io/scrape': 'true' }) },
];

export const TEMPLATE_ACCEPTED: readonly AcceptedCase[] = HARMLESS.map(({ name, template }) => ({
  name,
  spec: { ...MODEL, template },
}));

/** A template may stand in two places. */
const TEMPLATES = [
  { at: 'spec.template', with: (template: object) => ({ ...MODEL, template }) },
  {
    at: 'spec.placements[0].template',
    with: (template: object) => ({ ...MODEL, placements: [{ name: 'a', template }] }),
  },
];

export const TEMPLATE_REFUSED: readonly RefusedCase[] = TEMPLATES.flatMap((place) =>
  [...PODS, ...FIELDS, ...CONTAINERS, ...AFFINITY].map(({ name, template, at, instead, ...more }) => ({
    ...more,
    name: `${name}, in ${place.at}`,
    spec: place.with(template),
    at: `${place.at}.${at}`,
    instead: place.with(instead),
  })),
);

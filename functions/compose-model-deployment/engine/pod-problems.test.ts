import { describe, expect, test } from 'vitest';
import { placementsOf } from '../placements.ts';
import type { Container, PodSpec } from './template.ts';
import { container, problemOf, VLLM } from './testing.ts';

describe('pods that no API server takes', () => {
  test.each<{ name: string; fields: Partial<Container>; want: string }>([
    {
      name: 'a variable with two values',
      fields: { env: [{ name: 'A', value: '1', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
      want: 'env A has value and valueFrom; keep one of them',
    },
    {
      name: 'a variable from nowhere',
      fields: { env: [{ name: 'A', valueFrom: {} }] },
      want: 'env A valueFrom is empty; give one of secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef',
    },
    {
      name: 'a variable from a field that there is not',
      fields: { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.image' } } }] },
      want: 'env A valueFrom.fieldRef has spec.image, which no variable can have; there are metadata.name, status.podIP and the like',
    },
    {
      name: 'variables from nowhere',
      fields: { envFrom: [{ prefix: 'A' }] },
      want: 'envFrom[0] is empty; give one of secretRef, configMapRef',
    },
    {
      name: 'a probe with two handlers',
      fields: { livenessProbe: { tcpSocket: { port: 1 }, exec: { command: ['a'] } } },
      want: 'livenessProbe has tcpSocket and exec; keep one of them',
    },
    {
      name: 'a probe that must succeed twice before it is asked about life',
      fields: { livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 } },
      want: 'livenessProbe.successThreshold is 2, and must be 1; remove it',
    },
    {
      name: 'a line of a shell for a command',
      fields: { command: ['vllm serve org/m --port 8000'] },
      want: 'command begins with "vllm serve org/m --port 8000" as one word; write each word as one of the list, or give a shell the line',
    },
    {
      name: 'huge pages alone',
      fields: { resources: { requests: { 'hugepages-2Mi': '1Gi' } } },
      want: 'resources has hugepages-2Mi, which goes with cpu or memory; give an amount of one of them',
    },
    {
      name: 'a probe that ends nothing, with time to end',
      fields: { readinessProbe: { tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 30 } },
      want: 'readinessProbe.terminationGracePeriodSeconds is 30, and readiness ends no container; remove it',
    },
    {
      name: 'a probe of a port that has another name',
      fields: { readinessProbe: { httpGet: { port: 'api' } } },
      want: 'readinessProbe asks port "api", which the container\'s ports do not have; name it there, or give its number',
    },
    {
      name: 'a hook without a handler',
      fields: { lifecycle: { preStop: {} } },
      want: 'lifecycle.preStop is empty; give one of sleep, exec, httpGet',
    },
    {
      name: 'an amount that is none',
      fields: { resources: { limits: { memory: '64GB' } } },
      want: 'resources.limits memory is "64GB", which is no quantity; write it as 64Gi, 500m or 4 are',
    },
    {
      name: 'more asked for than allowed',
      fields: { resources: { requests: { cpu: '4' }, limits: { cpu: '3500m' } } },
      want: 'resources.requests cpu 4 is more than limits cpu 3500m; raise the limit, or ask for less',
    },
    {
      name: 'devices asked for that are not those allowed',
      fields: { resources: { requests: { 'nvidia.com/gpu': 1 }, limits: { 'nvidia.com/gpu': 2 } } },
      want: 'resources.requests nvidia.com/gpu 1 is not limits nvidia.com/gpu 2, and must be the same; keep limits alone',
    },
    {
      name: 'half a device',
      fields: { resources: { limits: { 'nvidia.com/gpu': '500m' } } },
      want: 'resources.limits nvidia.com/gpu is 500m, and devices are whole; give a whole number',
    },
    {
      name: 'a device without its domain',
      fields: { resources: { limits: { gpu: 1 } } },
      want: 'resources.limits has gpu, which is no resource of a container; there are cpu, memory, ephemeral-storage, and devices such as nvidia.com/gpu',
    },
    {
      name: 'root that may not be root',
      fields: { securityContext: { runAsNonRoot: true, runAsUser: 0 } },
      want: 'securityContext has runAsNonRoot true and runAsUser 0, which is root; remove one of them',
    },
    {
      name: 'a sidecar among the containers',
      fields: { restartPolicy: 'Always' },
      want: 'restartPolicy makes a sidecar of an init container, and this is none; remove it',
    },
  ])('$name', ({ fields, want }) => expect(problemOf(container(fields), VLLM)).toBe(`container engine: ${want}`));

  test.each<{ name: string; spec: PodSpec; metadata?: object; want: string }>([
    {
      name: 'a size that is none',
      spec: { volumes: [{ name: 'shm', emptyDir: { sizeLimit: '16GB' } }] },
      want: 'volume shm emptyDir.sizeLimit is "16GB", which is no quantity; write it as 64Gi, 500m or 4 are',
    },
    {
      name: 'a file that leaves its volume',
      spec: { volumes: [{ name: 'files', configMap: { name: 'a', items: [{ key: 'a', path: '/etc/a' }] } }] },
      want: 'volume files has a file at "/etc/a", which leaves it; give a path below the volume',
    },
    {
      name: 'a part of a volume, twice',
      spec: {
        ...container({ volumeMounts: [{ name: 'a', mountPath: '/a', subPath: 'a', subPathExpr: '$(A)' }] }),
        volumes: [{ name: 'a', emptyDir: {} }],
      },
      want: 'volume a is mounted with subPath and subPathExpr; keep one of them',
    },
    {
      name: 'an image with a blank',
      spec: container({ image: ' ours' }),
      want: 'container engine: image is " ours", and a name has no blanks; remove them',
    },
    {
      name: 'a name twice',
      spec: { initContainers: [{ name: 'engine', image: 'a' }] },
      want: 'containers and initContainers both have engine; give one of them another name',
    },
    {
      name: 'a probe of what ends',
      spec: { initContainers: [{ name: 'fetch', image: 'a', livenessProbe: { exec: { command: ['a'] } } }] },
      want: 'container fetch: initContainers end before others start, and have no livenessProbe; remove it, or set restartPolicy Always',
    },
    {
      name: 'a key that no label has',
      spec: {},
      metadata: { labels: { __proto__x: 'a' } },
      want: 'template.metadata.labels has the key "__proto__x", and keys are letters, digits, dashes, dots and underscores, after a domain and a slash if need be; rename it',
    },
    {
      name: 'a toleration of everything with a value',
      spec: { tolerations: [{ key: 'gpu', operator: 'Exists', value: 'true' }] },
      want: 'template.spec.tolerations[0] has operator Exists and value true; remove the value, or set operator Equal',
    },
    {
      name: 'a spread that asks for domains and insists on none',
      spec: {
        topologySpreadConstraints: [
          { maxSkew: 1, minDomains: 2, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' },
        ],
      },
      want: 'template.spec.topologySpreadConstraints has minDomains 2 for zone, which goes with whenUnsatisfiable DoNotSchedule; set it, or remove minDomains',
    },
    {
      name: 'a spread twice',
      spec: {
        topologySpreadConstraints: [1, 2].map((maxSkew) => ({
          maxSkew,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule' as const,
        })),
      },
      want: 'template.spec.topologySpreadConstraints has zone with DoNotSchedule twice; keep one of them',
    },
    {
      name: 'a device that nobody claims',
      spec: container({ resources: { claims: [{ name: 'gpu' }] } }),
      want: 'resources.claims has gpu, and template.spec.resourceClaims does not; add it there, or remove it',
    },
  ])('$name', ({ spec, metadata, want }) =>
    expect(problemOf({ ...container({}), ...spec }, VLLM, metadata)).toBe(want),
  );
});

describe('whom a startup probe asks', () => {
  const startup = (fields: Partial<Container>) =>
    placementsOf({
      apiVersion: 'modelplane.ai/v1alpha1',
      kind: 'ModelDeployment',
      metadata: { name: 'q' },
      spec: {
        replicas: 1,
        engine: VLLM,
        rollout: { maxSurge: 1, maxUnavailable: 0 },
        service: 'Enabled',
        template: { spec: container(fields) },
      },
    })[0]?.template.spec?.containers?.[0]?.startupProbe;
  const TIMES = { periodSeconds: 10, failureThreshold: 360 };

  test.each<{ name: string; fields: Partial<Container>; want: object }>([
    { name: 'the engine’s kind', fields: {}, want: { httpGet: { path: '/health', port: 8000 }, ...TIMES } },
    {
      name: 'whom the template’s readiness asks',
      fields: {
        readinessProbe: { httpGet: { path: '/ready', port: 9000 }, timeoutSeconds: 30, failureThreshold: 2 },
        livenessProbe: { tcpSocket: { port: 9000 } },
      },
      want: { httpGet: { path: '/ready', port: 9000 }, timeoutSeconds: 30, ...TIMES },
    },
    {
      name: 'whom the template’s liveness asks, where it says nothing of readiness',
      fields: { livenessProbe: { exec: { command: ['alive'] } }, readinessProbe: { periodSeconds: 1 } },
      want: { exec: { command: ['alive'] }, ...TIMES },
    },
    {
      name: 'whom the template says, and when',
      fields: { startupProbe: { grpc: { port: 9000 }, periodSeconds: 1 }, readinessProbe: { tcpSocket: { port: 1 } } },
      want: { grpc: { port: 9000 }, periodSeconds: 1 },
    },
    {
      name: 'with the template’s timings',
      fields: { startupProbe: { failureThreshold: 30 }, readinessProbe: { tcpSocket: { port: 1 } } },
      want: { tcpSocket: { port: 1 }, periodSeconds: 10, failureThreshold: 30 },
    },
  ])('$name', ({ fields, want }) => expect(startup(fields)).toEqual(want));
});

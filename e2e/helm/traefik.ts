import { type AnyObject, objectsOf } from '../kube.ts';
import { traefikArguments } from './traefik-arguments.ts';
import { entryPoints } from './traefik-entrypoints.ts';
import { type Values, valuesOf } from './values.ts';

/** What the chart carries as files: CRDs, and the rules of Traefik's role, as Traefik's own documentation has them. */
export interface Chart {
  readonly crds: string;
  readonly rules: string;
}

/** The fields of a Release that name a chart. */
interface ForProvider {
  readonly chart: {
    readonly name?: string;
    readonly repository?: string;
    readonly version?: string;
    readonly url?: string;
  };
  readonly namespace: string;
  readonly values?: object;
  readonly valuesFrom?: unknown;
  readonly set?: unknown;
}

const REPOSITORY = 'https://traefik.github.io/charts';

/** The versions of the chart by the Traefik that they install: there is one program here, and it has one version. */
const CHARTS: Readonly<Record<string, string>> = { '41.4.0': 'v3.7.12' };

/** What the chart would make of a Release's values. */
export function render(
  chart: Chart,
  release: string,
  forProvider: ForProvider,
): { objects: AnyObject[]; version: string } {
  const { name, repository, version = '' } = forProvider.chart;
  if (name !== 'traefik' || repository !== REPOSITORY)
    throw new Error(`the stand-in knows the chart traefik of ${REPOSITORY}`);
  if (forProvider.set || forProvider.valuesFrom)
    throw new Error('the stand-in knows values, and neither set nor valuesFrom');
  const app = CHARTS[version.replace(/^v/, '')];
  if (!app) throw new Error(`the stand-in has chart ${Object.keys(CHARTS).join(', ')}, not ${version}`);
  const values = valuesOf(forProvider.values ?? {});
  const fullname = fullnameOf(values, release);
  const objects = objectsFor(chart, values, { fullname, namespace: forProvider.namespace, app });
  values.requireAllRead();
  return { objects, version };
}

/** The chart calls everything after the release, and says so once. */
const fullnameOf = (values: Values, release: string): string => {
  const name = values.read('nameOverride', 'traefik');
  const byDefault = release.includes(name) ? release : `${release}-${name}`;
  return values.read('fullnameOverride', byDefault).slice(0, 63);
};

interface Names {
  readonly fullname: string;
  readonly namespace: string;
  readonly app: string;
}

function objectsFor(chart: Chart, values: Values, names: Names): AnyObject[] {
  refuseWhatIsNotMade(values);
  const metadata = { name: names.fullname, namespace: names.namespace };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...roles(chart, names),
    deployment(values, names),
    ...service(values, names),
    ...metricsService(values, names),
    ...disruptionBudget(values, names),
  ] as AnyObject[];
}

/** Parts of the chart that it makes by default, or can make, and that nobody needs here. */
function refuseWhatIsNotMade(values: Values): void {
  values.require('gateway.enabled', false, true);
  values.require('gatewayClass.enabled', false, true);
  values.require('ingressClass.enabled', false, true);
  values.require('ingressClass.isDefaultClass', false, true);
  values.require('providers.kubernetesIngress.enabled', false, true);
  values.require('ingressRoute.dashboard.enabled', false, false);
  values.require('ingressRoute.healthcheck.enabled', false, false);
  values.require('rbac.enabled', true, true);
  values.require('rbac.namespaced', false, false);
  values.require('autoscaling.enabled', false, false);
  values.require('deployment.kind', 'Deployment', 'Deployment');
  values.require('deployment.enabled', true, true);
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Nobody reads Ingresses where their provider is off, and a ReferenceGrant has no status. */
const LEFT_OUT = ['ingresses', 'ingresses/status', 'referencegrants/status'];

function roles({ rules }: Chart, { fullname, namespace }: Names): AnyObject[] {
  const documented: Rule[] = objectsOf(rules).flatMap((object) => object.rules ?? []);
  const granted = documented
    .map((rule) => ({ ...rule, resources: rule.resources.filter((resource) => !LEFT_OUT.includes(resource)) }))
    .filter(({ resources }) => resources.length > 0);
  const name = `${fullname}-${namespace}`;
  const subject = { kind: 'ServiceAccount', name: fullname, namespace };
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name },
      rules: granted,
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [subject],
    },
  ];
}

const selectorOf = ({ fullname }: Names) => ({ 'app.kubernetes.io/name': 'traefik', 'e2e/release': fullname });

/** Chart's defaults, which the pod security standard `restricted` allows. */
const SECURITY_CONTEXT = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};
const POD_SECURITY_CONTEXT = {
  runAsGroup: 65_532,
  runAsNonRoot: true,
  runAsUser: 65_532,
  seccompProfile: { type: 'RuntimeDefault' },
};

function deployment(values: Values, names: Names): AnyObject {
  const { fullname, namespace, app } = names;
  const labels = selectorOf(names);
  const repository = `${values.read('image.registry', 'docker.io')}/${values.read('image.repository', 'traefik')}`;
  const points = entryPoints(values);
  const probe = { httpGet: { path: '/ping', port: 'traefik', scheme: 'HTTP' }, periodSeconds: 10, timeoutSeconds: 2 };
  const container = {
    name: fullname,
    image: `${repository}:${values.read('image.tag', app)}`,
    args: traefikArguments(values, points, names),
    ports: points.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
    readinessProbe: { ...probe, failureThreshold: 1, initialDelaySeconds: 2, ...values.read('readinessProbe', {}) },
    livenessProbe: { ...probe, failureThreshold: 3, initialDelaySeconds: 2, ...values.read('livenessProbe', {}) },
    lifecycle: values.read('deployment.lifecycle', undefined),
    resources: values.read('resources', {}),
    securityContext: { ...SECURITY_CONTEXT, ...values.read('securityContext', {}) },
    env: values.read('env', []),
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: fullname, namespace },
    spec: {
      replicas: values.read('deployment.replicas', 1),
      minReadySeconds: values.read('deployment.minReadySeconds', 0),
      selector: { matchLabels: labels },
      strategy: values.read('updateStrategy', {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      }),
      template: {
        metadata: { labels: { ...labels, ...values.read('deployment.podLabels', {}) } },
        spec: {
          serviceAccountName: fullname,
          terminationGracePeriodSeconds: values.read('deployment.terminationGracePeriodSeconds', 60),
          securityContext: { ...POD_SECURITY_CONTEXT, ...values.read('podSecurityContext', {}) },
          affinity: values.read('affinity', undefined),
          topologySpreadConstraints: values.read('topologySpreadConstraints', undefined),
          priorityClassName: values.read('priorityClassName', undefined),
          containers: [container],
          volumes: [{ name: 'tmp', emptyDir: {} }],
        },
      },
    },
  };
}

function service(values: Values, names: Names): AnyObject[] {
  if (!values.read('service.enabled', true)) return [];
  const { fullname, namespace } = names;
  const ports = entryPoints(values).filter(({ isExposed }) => isExposed);
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: values.read('service.nameOverride', fullname),
        namespace,
        annotations: values.read('service.annotations', {}),
      },
      spec: {
        type: values.read('service.type', 'LoadBalancer'),
        ...values.read('service.spec', {}),
        selector: selectorOf(names),
        ports: ports.map(({ name, exposedPort }) => ({ name, port: exposedPort, targetPort: name, protocol: 'TCP' })),
      },
    },
  ];
}

function metricsService(values: Values, names: Names): AnyObject[] {
  if (!values.read('metrics.prometheus.service.enabled', false)) return [];
  const ports = entryPoints(values).filter(({ name }) => name === 'metrics');
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${names.fullname}-metrics`, namespace: names.namespace },
      spec: {
        type: 'ClusterIP',
        selector: selectorOf(names),
        ports: ports.map(({ name, port }) => ({ name, port, targetPort: name, protocol: 'TCP' })),
      },
    },
  ];
}

function disruptionBudget(values: Values, names: Names): AnyObject[] {
  const { enabled = false, ...rest } = values.read<{ enabled?: boolean }>('podDisruptionBudget', {});
  if (!enabled) return [];
  const metadata = { name: names.fullname, namespace: names.namespace };
  const spec = { selector: { matchLabels: selectorOf(names) }, ...rest };
  return [{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec }];
}

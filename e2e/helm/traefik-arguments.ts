import type { EntryPoint } from './traefik-entrypoints.ts';
import { leavesOf, type Values } from './values.ts';

interface Names {
  readonly fullname: string;
  readonly namespace: string;
}

/** The arguments that the chart's values mean. */
export function traefikArguments(values: Values, points: readonly EntryPoint[], names: Names): string[] {
  return [
    ...(values.read('global.checkNewVersion', true) ? [] : ['--global.checkNewVersion=false']),
    ...(values.read('global.sendAnonymousUsage', false) ? ['--global.sendAnonymousUsage'] : []),
    ...points.flatMap((point) => entryPoint(values, point)),
    ...(values.read('api.dashboard', true) ? ['--api.dashboard=true'] : []),
    '--ping=true',
    ...metrics(values),
    ...kubernetesCrd(values),
    ...kubernetesGateway(values, names),
    ...passedOn(values, 'log', '--log', { level: 'INFO' }),
    ...accessLog(values),
    ...values.read<string[]>('additionalArguments', []),
  ];
}

/**
 * Values that are Traefik's own static configuration, which the chart passes on under the same names. Whether such a
 * name exists is for Traefik to say: it ends at its start if one does not.
 */
function passedOn(values: Values, path: string, flag: string, byDefault: object = {}): string[] {
  const options = { ...byDefault, ...values.read<object>(path, {}) };
  return leavesOf(options).map(([name, value]) => `${flag}.${name}=${Array.isArray(value) ? value.join(',') : value}`);
}

const optional = (name: string, value: string | number | boolean | undefined): string[] =>
  value === undefined ? [] : [`${name}=${value}`];

/** What an entry point takes over from the values of its port. */
const ENTRY_POINT_OPTIONS = ['transport', 'forwardedHeaders', 'http.encodedCharacters', 'http2'];

function entryPoint(values: Values, { name, port }: EntryPoint): string[] {
  const flag = `--entryPoints.${name}`;
  // The chart speaks TLS on websecure by itself unless it is told not to.
  const hasTls = values.read(`ports.${name}.http.tls.enabled`, name === 'websecure');
  return [
    `${flag}.address=:${port}/tcp`,
    ...(hasTls ? [`${flag}.http.tls=true`] : []),
    ...ENTRY_POINT_OPTIONS.flatMap((option) => passedOn(values, `ports.${name}.${option}`, `${flag}.${option}`)),
  ];
}

function metrics(values: Values): string[] {
  const at = 'metrics.prometheus';
  const flag = '--metrics.prometheus';
  return [
    `${flag}=true`,
    `${flag}.entrypoint=${values.read(`${at}.entryPoint`, 'metrics')}`,
    ...['addRoutersLabels', 'addServicesLabels', 'addEntryPointsLabels', 'buckets'].flatMap((option) =>
      optional(`${flag}.${option}`, values.read(`${at}.${option}`, undefined)),
    ),
  ];
}

function accessLog(values: Values): string[] {
  if (!values.read('accessLog.enabled', false)) return [];
  return [
    '--accesslog=true',
    ...optional('--accesslog.format', values.read('accessLog.format', undefined)),
    ...passedOn(values, 'accessLog.fields', '--accesslog.fields'),
  ];
}

function kubernetesCrd(values: Values): string[] {
  const at = 'providers.kubernetesCRD';
  const flag = '--providers.kubernetescrd';
  const isEnabled = values.read(`${at}.enabled`, true);
  const options = ['allowCrossNamespace', 'allowExternalNameServices', 'ingressClass', 'labelSelector'].flatMap(
    (option) => optional(`${flag}.${option}`, values.read(`${at}.${option}`, undefined)),
  );
  return isEnabled ? [flag, ...options] : [];
}

function kubernetesGateway(values: Values, names: Names): string[] {
  const at = 'providers.kubernetesGateway';
  const flag = '--providers.kubernetesgateway';
  if (!values.read(`${at}.enabled`, false)) return [];
  const list = (name: string) => values.read<string[]>(`${at}.${name}`, []);
  return [
    flag,
    ...['experimentalChannel', 'labelSelector', 'nativeLBByDefault', 'qps', 'burst'].flatMap((option) =>
      optional(`${flag}.${option}`, values.read(`${at}.${option}`, undefined)),
    ),
    // An empty list is left out, which allows all of them.
    ...['namespaces', 'crossProviderNamespaces']
      .filter((name) => list(name).length > 0)
      .map((name) => `${flag}.${name}=${list(name).join(',')}`),
    ...statusAddress(values, names),
  ];
}

/** An address first, then a name, and otherwise the Service, which is called after the release unless it is named. */
function statusAddress(values: Values, { fullname, namespace }: Names): string[] {
  const at = 'providers.kubernetesGateway.statusAddress';
  const flag = '--providers.kubernetesgateway.statusaddress';
  const ip = values.read<string | undefined>(`${at}.ip`, undefined);
  const hostname = values.read<string | undefined>(`${at}.hostname`, undefined);
  const isEnabled = values.read(`${at}.service.enabled`, true);
  const name = values.read(`${at}.service.name`, '') || fullname;
  const inNamespace = values.read(`${at}.service.namespace`, '') || namespace;
  if (ip) return [`${flag}.ip=${ip}`];
  if (hostname) return [`${flag}.hostname=${hostname}`];
  return isEnabled ? [`${flag}.service.name=${name}`, `${flag}.service.namespace=${inNamespace}`] : [];
}

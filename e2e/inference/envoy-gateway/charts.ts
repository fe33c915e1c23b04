import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { versionOf } from '../../../tools/catalogue.ts';
import { ROOT } from '../../instance.ts';
import { type AnyObject, objectsOf } from '../../kube.ts';
import type { EnvoyGatewayKit } from './kit.ts';

const run = promisify(execFile);

export const ENVOY_GATEWAY_NAMESPACE = 'envoy-gateway-system';
export const AI_GATEWAY_NAMESPACE = 'envoy-ai-gateway-system';

const ENVOY_GATEWAY = 'github.com/envoyproxy/gateway';
const AI_GATEWAY = 'github.com/envoyproxy/ai-gateway';

export const VERSIONS = {
  envoyGateway: versionOf('envoy-gateway', ENVOY_GATEWAY),
  aiGateway: versionOf('envoy-gateway', AI_GATEWAY),
} as const;

/** Our own values, which a platform team is given. */
const VALUES = join(ROOT, 'install/inference-cluster/envoy-gateway/helm');

/** Injects the zone of a node into proxies, and keeps them waiting for it; kwok's nodes have none. */
const WITHOUT_ZONES = [
  'topologyInjector.enabled=false',
  // The chart writes it where nobody reads it (v1.8.1).
  'config.envoyGateway.provider.kubernetes.proxyTopologyInjector.disabled=true',
];

/** Both charts as Helm renders them, without the hooks: what they make, Envoy Gateway's own command line makes here. */
export async function renderCharts(kit: EnvoyGatewayKit, dir: string): Promise<AnyObject[]> {
  const { gateway, aiGateway } = kit.modules;
  const charts = join(dir, 'charts');
  await copy(join(gateway, 'charts/gateway-helm'), join(charts, 'gateway-helm'));
  await writeFile(join(charts, 'gateway-helm/values.yaml'), await gatewayValues(gateway));
  const proxies = await render(kit, join(charts, 'gateway-helm'), ENVOY_GATEWAY_NAMESPACE, [
    ...valuesFiles(join(aiGateway, 'manifests/envoy-gateway-values.yaml')),
    ...valuesFiles(join(aiGateway, 'examples/inference-pool/envoy-gateway-values-addon.yaml')),
    ...valuesFiles(join(VALUES, 'envoy-gateway.yaml')),
    ...WITHOUT_ZONES.flatMap((value) => ['--set', value]),
  ]);
  const pools = await render(kit, join(aiGateway, 'manifests/charts/ai-gateway-helm'), AI_GATEWAY_NAMESPACE, [
    ...valuesFiles(join(VALUES, 'ai-gateway.yaml')),
    ...['--set', `controller.image.tag=${VERSIONS.aiGateway},extProc.image.tag=${VERSIONS.aiGateway}`],
  ]);
  return [...pools, ...proxies];
}

const valuesFiles = (...files: string[]): string[] => files.flatMap((file) => ['--values', file]);

/** A module's folder is read-only, and its chart lacks the values that a release puts in. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await cp(from, to, { recursive: true });
  await run('chmod', ['-R', 'u+w', to]);
}

/** What a release of Envoy Gateway puts in place of the variables of its values. */
async function gatewayValues(module: string): Promise<string> {
  const template = await readFile(join(module, 'charts/gateway-helm/values.tmpl.yaml'), 'utf8');
  const values: Readonly<Record<string, string>> = {
    GatewayImage: `docker.io/envoyproxy/gateway:${VERSIONS.envoyGateway}`,
    GatewayImagePullPolicy: 'IfNotPresent',
  };
  return template.replaceAll(/\$\{(\w+)\}/g, (variable, name: string) => values[name] ?? variable);
}

async function render(
  { programs }: EnvoyGatewayKit,
  chart: string,
  namespace: string,
  args: readonly string[],
): Promise<AnyObject[]> {
  const release = namespace.replace(/-system$/, '');
  const { stdout } = await run(
    programs.helm,
    ['template', release, chart, '--namespace', namespace, '--no-hooks', ...args],
    {
      maxBuffer: 2 ** 26,
    },
  );
  return objectsOf(stdout);
}

import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { buildTool, moduleDir } from '../../../tools/build.ts';
import { versionOf } from '../../../tools/catalogue.ts';
import { VERSIONS } from '../../inference/envoy-gateway/charts.ts';
import { ROOT } from '../../instance.ts';
import { documented, typed } from '../docs.ts';
import { administratorOf } from './testing.ts';

const EXTENSION = 'sigs.k8s.io/gateway-api-inference-extension';

/**
 * What is fetched from elsewhere, by the versions that run here, and where it is here: a control plane of this machine has
 * no way out.
 */
async function mirrors(): Promise<readonly (readonly [url: string, path: string])[]> {
  const { envoyGateway, aiGateway } = VERSIONS;
  const [ai, extension] = [
    await moduleDir('envoy-gateway', 'github.com/envoyproxy/ai-gateway'),
    await moduleDir('endpoint-picker', EXTENSION),
  ];
  // With the values that a release puts into its chart.
  const proxies = join(dirname(administratorOf('envoy')), 'charts/gateway-helm');
  const release = `https://github.com/kubernetes-sigs/gateway-api-inference-extension/releases/download`;
  return [
    [`${release}/${versionOf('endpoint-picker', EXTENSION)}/manifests.yaml`, join(extension, 'config/crd/bases')],
    [`https://raw.githubusercontent.com/envoyproxy/ai-gateway/${aiGateway}`, ai],
    [`oci://docker.io/envoyproxy/gateway-helm --version ${envoyGateway}`, proxies],
    [
      `oci://docker.io/envoyproxy/ai-gateway-crds-helm --version ${aiGateway}`,
      join(ai, 'manifests/charts/ai-gateway-crds-helm'),
    ],
    [`oci://docker.io/envoyproxy/ai-gateway-helm --version ${aiGateway}`, join(ai, 'manifests/charts/ai-gateway-helm')],
  ];
}

/** The same, but that nothing is changed: what it would make is there already. */
const TRIED = [
  ['kubectl apply --server-side', 'kubectl apply --server-side --force-conflicts --dry-run=server'],
  ['helm upgrade --install', 'helm template'],
] as const;

test('what docs/clusters.md says to type for Envoy AI Gateway is taken where it runs, in its versions', async () => {
  const helm = await buildTool('helm');
  const asked = documented('clusters.md', 'Gateways', 'helm upgrade');
  const here = [...(await mirrors()), ...TRIED].reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  }, asked);
  expect(here).not.toMatch(/https?:|oci:/);
  const command = `PATH="${dirname(helm)}:$PATH"\n${here}`;
  const printed = await typed(command, { cwd: ROOT, kubeconfig: administratorOf('envoy') });
  for (const word of [
    'inferencepools.inference.networking.k8s.io serverside-applied (server dry run)',
    `image: docker.io/envoyproxy/gateway:${VERSIONS.envoyGateway}`,
    'deployment.apps/ai-gateway-controller condition met',
    'gateway.gateway.networking.k8s.io/inference-gateway serverside-applied (server dry run)',
    'poddisruptionbudget.policy/inference-gateway serverside-applied (server dry run)',
  ])
    expect(printed).toContain(word);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program from the Go module proxy: `family` is the folder beside this file whose go.mod pins it. */
export interface GoTool {
  readonly family: string;
  readonly package: string;
  /** Values that the program's own release build sets at link time, and that it misbehaves without. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Build tags, such as those that leave out what nobody here uses. */
  readonly tags?: string;
}

const KUBERNETES = versionOf('kubernetes', 'k8s.io/kubernetes');
const [, MAJOR = '', MINOR = ''] = /^v(\d+)\.(\d+)\./.exec(KUBERNETES) ?? [];

const kubernetes = (command: string): GoTool => ({
  family: 'kubernetes',
  package: `k8s.io/kubernetes/cmd/${command}`,
  variables: {
    'k8s.io/component-base/version.gitVersion': KUBERNETES,
    'k8s.io/component-base/version.gitMajor': MAJOR,
    'k8s.io/component-base/version.gitMinor': MINOR,
  },
});

/** Without the services of two dozen clouds that it would look for its targets in. */
const prometheus = (command: string): GoTool => ({
  family: 'prometheus',
  package: `github.com/prometheus/prometheus/cmd/${command}`,
  tags: 'remove_all_sd',
});

export const GO_TOOLS = {
  etcd: { family: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubectl: kubernetes('kubectl'),
  'crossplane-core': {
    family: 'crossplane-core',
    package: 'github.com/crossplane/crossplane/v2/cmd/crossplane',
    variables: {
      // Without it every package that names a version of Crossplane is refused.
      'github.com/crossplane/crossplane-runtime/v2/pkg/version.version': versionOf(
        'crossplane-core',
        'github.com/crossplane/crossplane/v2',
      ),
    },
  },
  crossplane: { family: 'crossplane-cli', package: 'github.com/crossplane/cli/v2/cmd/crossplane' },
  registry: { family: 'registry', package: 'github.com/google/go-containerregistry/cmd/registry' },
  // What the documentation pushes images with.
  crane: { family: 'crane', package: 'github.com/google/go-containerregistry/cmd/crane' },
  'provider-kubernetes': {
    family: 'provider-kubernetes',
    package: 'github.com/crossplane-contrib/provider-kubernetes/cmd/provider',
  },
  epp: { family: 'endpoint-picker', package: 'sigs.k8s.io/gateway-api-inference-extension/cmd/epp' },
  kwok: { family: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' },
  'envoy-gateway': { family: 'envoy-gateway', package: 'github.com/envoyproxy/gateway/cmd/envoy-gateway' },
  'ai-gateway-controller': { family: 'envoy-gateway', package: 'github.com/envoyproxy/ai-gateway/cmd/controller' },
  // By the versions that Crossplane's command line has, which contains most of it: so most of it is compiled anyway.
  helm: { family: 'crossplane-cli', package: 'helm.sh/helm/v3/cmd/helm' },
  // With every scaler's client they take a quarter of an hour of one core's time.
  'keda-operator': { family: 'keda', package: 'github.com/kedacore/keda/v2/cmd/operator' },
  'keda-adapter': { family: 'keda', package: 'github.com/kedacore/keda/v2/cmd/adapter' },
  // Built after the others it takes four minutes of one core's time.
  'llm-d-inference-sim': {
    family: 'inference-sim',
    package: 'github.com/llm-d/llm-d-inference-sim/cmd/llm-d-inference-sim',
  },
  promtool: prometheus('promtool'),
  prometheus: prometheus('prometheus'),
  cosign: { family: 'cosign', package: 'github.com/sigstore/cosign/v3/cmd/cosign' },
} as const satisfies Record<string, GoTool>;

/** A program that a Python package carries: `family` is the folder beside this file that pins it by its hashes. */
export interface PythonTool {
  readonly family: string;
  /** Where it is in what the package installs. */
  readonly product: string;
}

/** The official builds of programs that the Go proxy does not have, or that take a quarter of an hour to compile. */
export const PYTHON_TOOLS = {
  envoy: { family: 'envoy', product: 'envoy/_bin/envoy' },
  traefik: { family: 'traefik', product: 'bin/traefik' },
} as const satisfies Record<string, PythonTool>;

export type ToolName = keyof typeof GO_TOOLS | keyof typeof PYTHON_TOOLS;

export const TOOL_NAMES = [...Object.keys(GO_TOOLS), ...Object.keys(PYTHON_TOOLS)] as readonly ToolName[];

/** The folder that pins a family of tools. */
export function familyDir(family: string): string {
  return join(import.meta.dirname, family);
}

/** The version that a family's go.mod pins, which is the one place where it is written. */
export function versionOf(family: string, module: string): string {
  const line = readFileSync(join(familyDir(family), 'go.mod'), 'utf8')
    .split('\n')
    .map((text) =>
      text
        .trim()
        .replace(/^require /, '')
        .split(' '),
    )
    .find(([name, version]) => name === module && version?.startsWith('v'));
  if (!line?.[1]) throw new Error(`${family}/go.mod does not require ${module}`);
  return line[1];
}

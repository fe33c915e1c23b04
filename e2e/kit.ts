import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import { type Arch, isArch } from '../packages/arch.ts';
import { baseLayer } from '../packages/base.ts';
import { buildPackages } from '../packages/build.ts';
import { bundle } from '../packages/bundle.ts';
import { image } from '../packages/image.ts';
import { CONFIGURATION_REPOSITORY, VERSION } from '../packages/repositories.ts';
import { run } from '../packages/run.ts';
import { type Entry, layer } from '../packages/tar.ts';
import { buildXpkg } from '../packages/xpkg.ts';
import { buildTool, moduleDir } from '../tools/build.ts';
import { cacheRoot } from '../tools/cache.ts';
import { type ToolName, versionOf } from '../tools/catalogue.ts';
import { Problem } from '../tools/problem.ts';
import type { Report } from '../tools/progress.ts';
import type { InferenceKit } from './inference/kit.ts';
import { fingerprint } from './instance.ts';
import type { PackageFile } from './registry.ts';

/** The programs of the control plane. */
const PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'crossplane-core',
  'crossplane',
  'registry',
  'provider-kubernetes',
  'traefik',
] as const satisfies readonly ToolName[];

type Program = (typeof PROGRAMS)[number];

/** Everything that a control plane is started from. It is made outside, because inside there is no network. */
export interface Kit {
  readonly programs: Readonly<Record<Program, string>>;
  /** Sources of the same versions as the programs: they carry CRDs and roles. */
  readonly modules: { readonly crossplane: string; readonly gatewayApi: string; readonly traefik: string };
  readonly versions: { readonly traefik: string; readonly providerKubernetes: string };
  readonly inference: InferenceKit;
  readonly packages: readonly PackageFile[];
  /** What a platform team installs; Crossplane finds the rest by its dependencies. */
  readonly configuration: string;
}

const TRAEFIK = 'github.com/traefik/traefik/v3';
const PROVIDER_KUBERNETES = 'github.com/crossplane-contrib/provider-kubernetes';

/** Where the providers' packages are published. */
const CONTRIB = 'xpkg.crossplane.io/crossplane-contrib';

/** The version of provider-helm whose kinds the stand-in has. */
const PROVIDER_HELM_VERSION = 'v1.4.0';

export async function programs(report: Report): Promise<Kit['programs']> {
  const paths: Partial<Record<Program, string>> = {};
  for (const [i, name] of PROGRAMS.entries()) {
    paths[name] = await buildTool(name, (message) => report(`${name}, ${i + 1} of ${PROGRAMS.length}: ${message}`));
  }
  return paths as Kit['programs'];
}

export async function modules(): Promise<Kit['modules']> {
  return {
    crossplane: await moduleDir('crossplane-core', 'github.com/crossplane/crossplane/v2'),
    gatewayApi: await moduleDir('traefik', 'sigs.k8s.io/gateway-api'),
    traefik: await moduleDir('traefik', TRAEFIK),
  };
}

export const versions = (): Kit['versions'] => ({
  traefik: versionOf('traefik', TRAEFIK),
  providerKubernetes: versionOf('provider-kubernetes', PROVIDER_KUBERNETES),
});

/**
 * Our packages for this machine, the real provider-kubernetes, and the stand-in for provider-helm. What was built from
 * the same sources before is taken as it is, if it still is as it was.
 */
export async function packages(crossplane: string, report: Report): Promise<PackageFile[]> {
  const sources = await fingerprint();
  const record = join(cacheRoot(), 'packages', 'built.json');
  const before: Built | undefined = await readFile(record, 'utf8').then(JSON.parse, () => undefined);
  if (before?.sources === sources && (await areUnchanged(before.files))) return before.files.map(({ file }) => file);
  const files = await buildAll(crossplane, report);
  const built: Built = {
    sources,
    files: await Promise.all(files.map(async (file) => ({ file, ...(await stamp(file)) }))),
  };
  await writeFile(record, JSON.stringify(built, null, 2));
  return files;
}

interface Stamp {
  readonly size: number;
  readonly modified: number;
}

interface Built {
  readonly sources: string;
  readonly files: readonly (Stamp & { readonly file: PackageFile })[];
}

async function stamp({ path }: PackageFile): Promise<Stamp> {
  const { size, mtimeMs } = await stat(path);
  return { size, modified: mtimeMs };
}

async function areUnchanged(files: Built['files']): Promise<boolean> {
  const now = await Promise.all(files.map(({ file }) => stamp(file).catch(() => undefined)));
  return files.every(({ size, modified }, i) => now[i]?.size === size && now[i]?.modified === modified);
}

async function buildAll(crossplane: string, report: Report): Promise<PackageFile[]> {
  const ours = await buildPackages([thisArch()], report);
  report('provider-kubernetes');
  const kubernetes = await providerKubernetes(crossplane);
  report('the stand-in for provider-helm');
  const helm = await providerHelm(crossplane, report);
  return [...ours.map(({ path, repository }) => ({ path, repository, version: VERSION })), kubernetes, helm];
}

export const configuration = (): string => `${CONFIGURATION_REPOSITORY}:${VERSION}`;

/** The architecture whose packages run here. */
export function thisArch(): Arch {
  const name = arch() === 'x64' ? 'amd64' : arch();
  if (!isArch(name)) throw new Problem(`there are no images for ${name}, the architecture of this machine.`);
  return name;
}

/** Its own package, without an image: the stand-in for a kubelet has the program. */
async function providerKubernetes(crossplane: string): Promise<PackageFile> {
  const version = versions().providerKubernetes;
  const path = join(cacheRoot(), 'packages', `provider-kubernetes-${version}.xpkg`);
  const root = join(await moduleDir('provider-kubernetes', PROVIDER_KUBERNETES), 'package');
  await mkdir(join(path, '..'), { recursive: true });
  await run('package provider-kubernetes', crossplane, [
    'xpkg',
    'build',
    `--package-root=${root}`,
    `--package-file=${path}`,
  ]);
  return { path, repository: `${CONTRIB}/provider-kubernetes`, version };
}

async function providerHelm(crossplane: string, report: Report): Promise<PackageFile> {
  const description = 'Stands in for provider-helm in the end-to-end tests of modelplane-routing.';
  const files = [...(await bundle('e2e/helm/main.ts')), ...(await traefikChart())];
  const layers = [await baseLayer(thisArch(), report), await layer(files)] as const;
  const runtime = image({ name: 'provider-helm', description, arch: thisArch(), layers });
  const path = join(cacheRoot(), 'packages', 'provider-helm.xpkg');
  await buildXpkg(crossplane, { paths: ['e2e/helm/package'], image: runtime }, path);
  return { path, repository: `${CONTRIB}/provider-helm`, version: PROVIDER_HELM_VERSION };
}

/** What Traefik's chart would carry, from Traefik's own documentation of the same version. */
async function traefikChart(): Promise<Entry[]> {
  const docs = join(await moduleDir('traefik', TRAEFIK), 'docs/content/reference/dynamic-configuration');
  const file = (name: string) => readFile(join(docs, name), 'utf8');
  const rules = [await file('kubernetes-gateway-rbac.yml'), await file('kubernetes-crd-rbac.yml')].join('\n---\n');
  return [
    { path: 'chart/crds.yaml', content: await readFile(join(docs, 'kubernetes-crd-definition-v1.yml')) },
    { path: 'chart/rules.yaml', content: Buffer.from(rules) },
  ];
}

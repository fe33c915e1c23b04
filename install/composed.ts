import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFunctionRequest } from '@crossplane-org/function-sdk-typescript';
import type { FunctionHandler } from '#shared/function.ts';
import { type KubernetesObject, namespaceOf } from '#shared/kubernetes.ts';
import { readApis } from '../preview/apis.ts';
import { begin } from '../preview/begin.ts';
import { FUNCTIONS } from '../preview/functions.ts';
import { loadManifests } from '../preview/load.ts';
import type { Manifest } from '../preview/manifests.ts';
import { play } from '../preview/play.ts';

const ROOT = join(import.meta.dirname, '..');

const EXAMPLES = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What Crossplane has to read and write so that the examples become what they are. */
export interface Composed {
  /** Each with its namespace. */
  readonly composed: readonly KubernetesObject[];
  readonly required: readonly Pick<KubernetesObject, 'apiVersion' | 'kind'>[];
}

/** Plays every example to its end, with our functions, and once more with the other choice where a field has two. */
export function playExamples(): Composed {
  // Most are composed again in every round, as they were.
  const composed = new Map<string, KubernetesObject>();
  const required: Composed['required'][number][] = [];
  const recorded =
    (handler: FunctionHandler): FunctionHandler =>
    (req) => {
      const rsp = handler(req);
      for (const { resource } of Object.values(rsp.desired?.resources ?? {})) {
        const object = placed(req, resource);
        composed.set(JSON.stringify(object), object);
      }
      required.push(...Object.values(rsp.requirements?.resources ?? {}));
      return rsp;
    };
  const functions = Object.fromEntries(Object.entries(FUNCTIONS).map(([name, fn]) => [name, recorded(fn)]));
  const world = { apis: readApis(join(ROOT, 'apis')), functions };
  for (const example of EXAMPLES) {
    const { manifests } = loadManifests([join(ROOT, 'examples', example)]);
    for (const variant of [manifests, ...GATEWAYS.map((gateway) => manifests.map((one) => otherwise(one, gateway)))]) {
      const begun = begin(world, variant);
      if (!begun.ok) throw new Error(`${example}: ${begun.problems[0]?.message}`);
      play(begun.state);
    }
  }
  return { composed: [...composed.values()], required };
}

/** A namespaced composite composes in its own namespace. */
function placed(req: RunFunctionRequest, resource: unknown): KubernetesObject {
  const object = resource as KubernetesObject;
  const composite = req.observed?.composite?.resource as KubernetesObject | undefined;
  const namespace = (composite && namespaceOf(composite)) || object.metadata?.namespace;
  return { ...object, metadata: { ...object.metadata, ...(namespace && { namespace }) } };
}

/** Those that need something beside a pool. */
const GATEWAYS = ['Istio', 'GKE'] as const;

function otherwise(manifest: Manifest, implementation: (typeof GATEWAYS)[number]): Manifest {
  const spec = manifest.object.spec as Spec | undefined;
  const proxies = { namespace: 'gateways', labels: { app: 'proxy' } };
  if (manifest.object.kind === 'InferenceCluster')
    return withSpec(manifest, {
      ...spec,
      pickerFamily: 'gie',
      gateway: { ...spec?.gateway, implementation, proxies },
    });
  if (spec?.tls?.caCertificateRef === undefined) return manifest;
  const caCertificateRef = { ...spec.tls.caCertificateRef, kind: 'Secret' };
  return withSpec(manifest, { ...spec, tls: { ...spec.tls, caCertificateRef } });
}

interface Spec {
  readonly pickerFamily?: string;
  readonly gateway?: object;
  readonly tls?: { readonly caCertificateRef?: { readonly kind: string } };
}

const withSpec = (manifest: Manifest, spec: Spec): Manifest => ({ ...manifest, object: { ...manifest.object, spec } });

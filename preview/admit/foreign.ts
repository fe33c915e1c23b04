import type { ErrorObject } from 'ajv';
import type { Manifest } from '../manifests.ts';
import { groupOf, versionOf } from '../objects.ts';
import type { FieldError } from '../problem.ts';
import { fieldErrors } from './messages.ts';

/** A class of the kubernetes-models packages: their schemas are compiled, and loaded kind by kind. */
type Model = new (data: object) => { validate(): void };

/**
 * What an API server finds wrong with a manifest of Kubernetes' own kinds and of the Gateway API, by the schemas of the
 * packages that our functions are written with. Kinds that these do not know are taken as they are.
 */
export async function foreignErrors({ object }: Manifest): Promise<FieldError[]> {
  const Model = await modelOf(object.apiVersion, object.kind);
  if (!Model) return [];
  try {
    new Model(object).validate();
    return [];
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error)) throw error;
    return fieldErrors(error.errors as ErrorObject[], object);
  }
}

async function modelOf(apiVersion: string, kind: string): Promise<Model | undefined> {
  const group = groupOf(apiVersion);
  const root = group === 'gateway.networking.k8s.io' ? '@kubernetes-models/gateway-api' : 'kubernetes-models';
  const path = [root, group, versionOf(apiVersion), kind].filter((part) => part !== '').join('/');
  try {
    const module: Record<string, Model> = await import(path);
    return module[kind];
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.has(String(error.code))) return undefined;
    throw error;
  }
}

const NOT_THERE = new Set(['ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);

import type { KubernetesObject } from '#shared/kubernetes.ts';
import { groupOf, isRecord } from '../objects.ts';
import type { FieldError } from '../problem.ts';

const PAGE = 'docs/from-modelplane.md says what becomes of it';

/** By which fields of spec modelplane's kinds are told from ours of the same name (modelplane 0.3.1, apis/). */
const TOLD_BY: Readonly<Record<string, readonly (readonly string[])[]>> = {
  InferenceCluster: [['cluster'], ['nodePools']],
  ModelDeployment: [['template', 'spec', 'engines']],
};

/** Kinds of modelplane's that have no counterpart here. */
const ELSEWHERE = ['InferenceClass', 'ModelCache', 'ModelReplica'];

/** A manifest of modelplane's that shares our group and not our fields: one sentence, instead of one for each field. */
export function ofModelplane(object: KubernetesObject, isOurs: boolean): FieldError | undefined {
  const { apiVersion, kind, spec } = object;
  if (groupOf(apiVersion) !== 'modelplane.ai') return undefined;
  if (!isOurs && ELSEWHERE.includes(kind)) {
    return { path: ['kind'], message: `${kind} is a kind of modelplane's, which is not here; ${PAGE}` };
  }
  const field = TOLD_BY[kind]?.find((path) => has(spec, path));
  if (!field) return undefined;
  return { path: ['spec', ...field], message: `is a field of modelplane's ${kind}, which is another kind; ${PAGE}` };
}

const has = (value: unknown, [first, ...rest]: readonly string[]): boolean =>
  first === undefined || (isRecord(value) && first in value && has(value[first], rest));

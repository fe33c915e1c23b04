import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Environment } from '@marcbachmann/cel-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LuaFactory } from 'wasmoon';
import { parse } from 'yaml';
import { readApis } from '../../preview/apis.ts';
import { begin } from '../../preview/begin.ts';
import { FUNCTIONS } from '../../preview/functions.ts';
import { loadManifests } from '../../preview/load.ts';
import { play } from '../../preview/play.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => parse(readFileSync(join(import.meta.dirname, file), 'utf8'));

const lua: string = parse(read('argocd-cm.yaml').data['resource.customizations'])['modelplane.ai/*']['health.lua'];
const expressions: readonly { kind: string; current: string; failed: string }[] =
  read('flux-kustomization.yaml').spec.healthCheckExprs;

interface Observed {
  readonly kind?: string;
  readonly metadata: object;
  readonly status?: object;
}

let factory: Awaited<ReturnType<LuaFactory['createEngine']>>;
beforeAll(async () => {
  factory = await new LuaFactory().createEngine();
});
afterAll(() => factory.global.close());

/** As Argo CD runs it: the object is a table, and what it returns is the health. */
const argo = (object: Observed): Promise<string> =>
  factory.doString(`local obj = ${table(object)}\nlocal function health()\n${lua}\nend\nreturn health().status`);

/** A value as Lua writes it. */
function table(value: unknown): string {
  if (value === undefined || value === null) return 'nil';
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Array.isArray(value)
    ? value.map(table)
    : Object.entries(value).map(([key, inner]) => `[${JSON.stringify(key)}] = ${table(inner)}`);
  return `{ ${entries.join(', ')} }`;
}

/** As Flux asks: an expression that cannot be evaluated, because there is no status yet, is not so. */
function flux(object: Observed): string {
  const [one] = expressions;
  if (!one) throw new Error('no expression');
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  const isSo = (expression: string): boolean => {
    try {
      return environment.evaluate(expression, asCel(object) as never) === true;
    } catch {
      return false;
    }
  };
  if (isSo(one.failed)) return 'Failed';
  return isSo(one.current) ? 'Current' : 'InProgress';
}

/** Whole numbers are integers there. */
function asCel(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map(asCel);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asCel(inner)]));
}

const condition = (type: string, status: string, more: object = {}) => ({
  type,
  status,
  message: `${type} it is.`,
  ...more,
});
const metadata = { name: 'qwen', generation: 2 };

describe('health', () => {
  test.each([
    { name: 'what nobody has looked at is on its way', object: { metadata }, want: ['Progressing', 'InProgress'] },
    {
      name: 'what serves is healthy',
      object: { metadata, status: { conditions: [condition('Ready', 'True'), condition('SpecAccepted', 'True')] } },
      want: ['Healthy', 'Current'],
    },
    {
      name: 'what serves as it was before this edit is on its way',
      object: { metadata, status: { conditions: [condition('Ready', 'True', { observedGeneration: 1 })] } },
      want: ['Progressing', 'InProgress'],
    },
    {
      name: 'what serves, and whose edit is refused, is wrong all the same',
      object: { metadata, status: { conditions: [condition('Ready', 'True'), condition('SpecAccepted', 'False')] } },
      want: ['Degraded', 'Failed'],
    },
    {
      name: 'what Crossplane cannot work on is wrong',
      object: { metadata, status: { conditions: [condition('Ready', 'True'), condition('Synced', 'False')] } },
      want: ['Degraded', 'Failed'],
    },
    {
      name: 'what does not serve yet is on its way',
      object: { metadata, status: { conditions: [condition('Ready', 'False')] } },
      want: ['Progressing', 'InProgress'],
    },
    {
      name: 'what was scaled to nothing is suspended, and not ready',
      object: {
        metadata,
        status: {
          conditions: [condition('Ready', 'False'), condition('PlacementsReady', 'False', { reason: 'ScaledToZero' })],
        },
      },
      want: ['Suspended', 'InProgress'],
    },
    {
      name: 'what is paused is suspended',
      object: {
        metadata: { ...metadata, annotations: { 'crossplane.io/paused': 'true' } },
        status: { conditions: [condition('Ready', 'True')] },
      },
      want: ['Suspended', 'Current'],
    },
    {
      name: 'what is being deleted is on its way',
      object: { metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
      want: ['Progressing', 'InProgress'],
    },
  ])('$name', async ({ object, want }) => {
    expect([await argo(object), flux(object)]).toEqual(want);
  });

  test.each([
    { folder: 'examples/canary', want: { healthy: ['Healthy Current'] } },
    { folder: 'preview/golden/refused-url', want: { healthy: ['Degraded Failed'] } },
  ])('of all that our functions make of $folder', async ({ folder, want }) => {
    const { manifests } = loadManifests([join(ROOT, folder)]);
    const begun = begin({ apis: readApis(join(ROOT, 'apis')), functions: FUNCTIONS }, manifests);
    if (!begun.ok) throw new Error(`${folder} is refused`);
    play(begun.state);
    const ours = [...begun.state.cluster.values()].filter(({ apiVersion }) => apiVersion.startsWith('modelplane.ai/'));
    const healths = await Promise.all(
      ours.map(async (one) => `${await argo(one as Observed)} ${flux(one as Observed)}`),
    );
    expect([...new Set(healths)].sort()).toEqual(want.healthy);
  });
});

test('Flux is told of every kind, each by the same expressions', () => {
  expect(expressions.map(({ kind }) => kind).sort()).toEqual(
    readApis(join(ROOT, 'apis'))
      .all()
      .map(({ kind }) => kind)
      .sort(),
  );
  expect(new Set(expressions.map(({ current, failed }) => `${current} ${failed}`)).size).toBe(1);
});

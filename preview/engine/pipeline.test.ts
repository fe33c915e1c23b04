import { type RunFunctionRequest, Severity, Status } from '@crossplane-org/function-sdk-typescript';
import { describe, expect, test } from 'vitest';
import type { FunctionHandler } from '#shared/function.ts';
import type { ClusterObject } from '../objects.ts';
import { type PartialResponse, response } from '../testing.ts';
import { type Fetch, runPipeline } from './pipeline.ts';

const XR: ClusterObject = { apiVersion: 'shop.example.org/v1', kind: 'Shop', metadata: { name: 'a', namespace: 'n' } };
const SECRET: ClusterObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key', namespace: 'n' } };
const found: Fetch = ({ matchName }) => ({ objects: matchName === 'key' ? [SECRET] : [] });

/** A function that keeps what it was called with, and answers each call as told. */
function handler(answer: (call: number, req: RunFunctionRequest) => PartialResponse) {
  const calls: RunFunctionRequest[] = [];
  const run: FunctionHandler = (req) => {
    calls.push(structuredClone(req));
    return response(answer(calls.length, req));
  };
  return { calls, run };
}

const requiring = (...names: string[]): PartialResponse => ({
  requirements: {
    resources: Object.fromEntries(
      names.map((name) => [name, { apiVersion: 'v1', kind: 'Secret', namespace: 'n', matchName: name }]),
    ),
  },
});

const run = (fn: { run: FunctionHandler }, fetch: Fetch = found) =>
  runPipeline(XR, { child: SECRET }, [{ step: 'compose', handler: fn.run }], fetch);

describe('how often a function is called', () => {
  test.each([
    { name: 'once when it requires nothing', answer: () => ({}), want: 1 },
    {
      name: 'again with what it requires, and then once to see that it requires no more',
      answer: () => requiring('key'),
      want: 2,
    },
    {
      name: 'again for what it came to require on the way',
      answer: (call: number) => (call === 1 ? requiring('key') : requiring('key', 'other')),
      want: 3,
    },
    {
      name: 'once when it gives up',
      answer: () => ({ ...requiring('key'), results: [{ severity: Severity.SEVERITY_FATAL, message: 'no' }] }),
      want: 1,
    },
  ])('$name', ({ answer, want }) => {
    const fn = handler(answer);
    run(fn);
    expect(fn.calls).toHaveLength(want);
  });

  test('six times at most, and then it is an error', () => {
    const fn = handler((call) => requiring(`${call}`));
    expect(run(fn)).toMatchObject({
      ok: false,
      error: `cannot run Composition pipeline step "compose": requirements didn't stabilize after the maximum number of iterations (5)`,
    });
    expect(fn.calls).toHaveLength(6);
  });
});

describe('what a function is given', () => {
  test('is the composite, what it composed, and what it required: nothing at first, an empty list for what is not there', () => {
    const fn = handler(() => requiring('key', 'none'));
    run(fn);
    const [first, second] = fn.calls;
    expect(first?.observed?.composite?.resource).toEqual(XR);
    expect(first?.observed?.resources.child?.resource).toEqual(SECRET);
    expect(first?.requiredResources).toEqual({});
    expect(second?.requiredResources.key?.items.map(({ resource }) => resource)).toEqual([SECRET]);
    expect(second?.requiredResources.none?.items).toEqual([]);
  });

  test('is a copy: what a function does to it is not seen by anyone', () => {
    const fn = handler((_, req) => {
      const resource = req.observed?.composite?.resource as { metadata: { name: string } };
      resource.metadata.name = 'changed';
      return {};
    });
    run(fn);
    expect(XR.metadata.name).toBe('a');
  });

  test('carries the context of the call before', () => {
    const fn = handler((call) => ({ ...requiring('key'), context: { seen: call } }));
    run(fn);
    expect(fn.calls.map(({ context }) => context)).toEqual([{}, { seen: 1 }]);
  });

  test('is what the step before desired', () => {
    const first = handler(() => ({ desired: { resources: { x: { resource: SECRET } } }, context: { a: 1 } }));
    const second = handler((_, req) => ({ desired: req.desired ?? {} }));
    const steps = [first, second].map((fn, index) => ({ step: `${index}`, handler: fn.run }));
    const result = runPipeline(XR, {}, steps, found);
    expect(result).toMatchObject({ ok: true, desired: { resources: { x: { resource: SECRET } } } });
    expect(second.calls[0]?.context).toEqual({ a: 1 });
  });
});

describe('what comes of a pipeline', () => {
  test("the functions' conditions, in Kubernetes' words; results that are not fatal stop nothing", () => {
    const fn = handler(() => ({
      conditions: [
        { type: 'A', status: Status.STATUS_CONDITION_TRUE, reason: 'Good' },
        { type: 'B', status: Status.STATUS_CONDITION_UNSPECIFIED, reason: 'Odd', message: 'hm' },
      ],
      results: [
        { severity: Severity.SEVERITY_NORMAL, message: 'fine' },
        { severity: Severity.SEVERITY_WARNING, message: 'careful' },
      ],
    }));
    expect(run(fn)).toMatchObject({
      ok: true,
      conditions: [
        { type: 'A', status: 'True', reason: 'Good' },
        { type: 'B', status: 'Unknown', reason: 'Odd', message: 'hm' },
      ],
    });
  });

  test('a fatal result keeps the conditions that came with it, and ends the pipeline', () => {
    const fatal = handler(() => ({
      conditions: [{ type: 'A', status: Status.STATUS_CONDITION_FALSE, reason: 'Bad' }],
      results: [{ severity: Severity.SEVERITY_FATAL, message: 'no' }],
    }));
    const never = handler(() => ({}));
    const steps = [fatal, never].map((fn, index) => ({ step: `${index}`, handler: fn.run }));
    expect(runPipeline(XR, {}, steps, found)).toEqual({
      ok: false,
      error: 'pipeline step "0" returned a fatal result: no',
      fatal: 'no',
      conditions: [{ type: 'A', status: 'False', reason: 'Bad' }],
    });
    expect(never.calls).toEqual([]);
  });

  test('a kind that is not there is an error, not an empty list', () => {
    const fn = handler(() => requiring('key'));
    expect(run(fn, () => ({ error: 'no matches for kind "Secret"' }))).toMatchObject({
      ok: false,
      error: 'cannot run Composition pipeline step "compose": fetching resources for key: no matches for kind "Secret"',
    });
  });
});

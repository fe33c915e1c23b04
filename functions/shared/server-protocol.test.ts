import {
  Ready,
  type Result,
  RunFunctionRequest,
  RunFunctionResponse,
  Severity,
  Target,
} from '@crossplane-org/function-sdk-typescript';
import { describe, expect, test } from 'vitest';
import type { FunctionHandler } from './function.ts';
import { answer, MAX_RESPONSE_BYTES, type ResultSeverity } from './server-protocol.ts';

const XR = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelService', metadata: { namespace: 'ml', name: 'qwen' } };

const request = (xr: object = XR): Uint8Array =>
  RunFunctionRequest.encode(
    RunFunctionRequest.fromPartial({ meta: { tag: 't1' }, observed: { composite: { resource: xr } } }),
  ).finish();

const response = (partial: Partial<RunFunctionResponse> = {}): RunFunctionResponse => ({
  ...RunFunctionResponse.create(),
  meta: { tag: 't1', ttl: undefined },
  ...partial,
});

const composed = (objects: Record<string, object>): RunFunctionResponse => {
  const resources = Object.entries(objects).map(
    ([key, resource]) => [key, { resource, connectionDetails: {}, ready: Ready.READY_TRUE }] as const,
  );
  return response({ desired: { composite: undefined, resources: Object.fromEntries(resources) } });
};

const result = (severity: Severity, message: string): Result => ({
  severity,
  message,
  target: Target.TARGET_COMPOSITE,
  reason: undefined,
});

/** What an answer says, with its bytes as Crossplane reads them. */
function said(handler: FunctionHandler, bytes = request()) {
  const { response, ...rest } = answer(handler, bytes);
  return { ...rest, response: RunFunctionResponse.decode(response) };
}

const nested = (levels: number): object => {
  let object: object = { leaf: true };
  for (let level = 1; level < levels; level++) object = { level: object };
  return object;
};

const fatal = (message: string, tag = 't1'): RunFunctionResponse =>
  response({ meta: { tag, ttl: undefined }, results: [result(Severity.SEVERITY_FATAL, message)] });

const CALLER = { tag: 't1', xr: { kind: 'ModelService', namespace: 'ml', name: 'qwen' } };

describe('answering', () => {
  test("passes on the function's response, and says whom it was for", () => {
    const rsp = composed({ a: { kind: 'A' } });
    expect(said(() => rsp)).toEqual({ ...CALLER, severity: 'none', response: rsp });
  });

  test.each([60, 300, 1000])('decodes an object %i levels deep', (levels) => {
    const seen: unknown[] = [];
    said(
      (req) => {
        seen.push(req.observed?.composite?.resource);
        return response();
      },
      request({ ...XR, spec: nested(levels) }),
    );
    expect(JSON.stringify(seen)).toBe(JSON.stringify([{ ...XR, spec: nested(levels) }]));
  });

  test('passes on an object that a function composed 300 levels deep', () => {
    const { response: got } = answer(() => composed({ deep: nested(300) }), request());
    expect(Buffer.from(got).includes('leaf')).toBe(true);
  });

  test.each<{ results: Severity[]; want: ResultSeverity }>([
    { results: [], want: 'none' },
    { results: [Severity.SEVERITY_NORMAL], want: 'normal' },
    { results: [Severity.SEVERITY_NORMAL, Severity.SEVERITY_WARNING], want: 'warning' },
    { results: [Severity.SEVERITY_WARNING, Severity.SEVERITY_FATAL, Severity.SEVERITY_NORMAL], want: 'fatal' },
  ])('reports the worst of results $results as $want', ({ results, want }) =>
    expect(
      answer(() => response({ results: results.map((severity) => result(severity, 'm')) }), request()).severity,
    ).toBe(want),
  );

  test('names a composite only by what is text', () =>
    expect(said(() => response(), request({ kind: 'A', metadata: { name: { toString: 'b' } } })).xr).toEqual({
      kind: 'A',
      namespace: '',
      name: '',
    }));

  test('names no composite where the request has none', () =>
    expect(said(() => response(), new Uint8Array()).xr).toBeUndefined());
});

describe('what goes wrong becomes a fatal result that shows no content:', () => {
  const secret = 'hunter2';
  const thrown = new TypeError(`cannot read ${secret}`);
  const bigint = composed({ httproute: { [secret]: 1n } });
  const badTtl = response({ meta: { tag: 't1', ttl: { seconds: secret as never, nanos: 0 } } });

  test.each<{ name: string; handler: FunctionHandler; what?: string; message: string; thrown: unknown }>([
    {
      name: 'an exception',
      handler: () => {
        throw thrown;
      },
      what: 'exception',
      message: 'the function failed with TypeError, which is a bug in it: its log says where, under tag "t1"',
      thrown,
    },
    {
      name: 'something thrown that is not an error',
      handler: () => {
        throw secret;
      },
      what: 'exception',
      message: 'the function failed with a thrown string, which is a bug in it: its log says where, under tag "t1"',
      thrown: secret,
    },
    {
      name: 'a resource with a value that JSON has not got',
      handler: () => bigint,
      message: 'cannot encode the desired resource "httproute", which is a bug in the function',
      thrown: expect.any(Error),
    },
    {
      name: 'a time to live that is not a number',
      handler: () => badTtl,
      message: 'cannot encode the meta, which is a bug in the function',
      thrown: expect.any(Error),
    },
    {
      name: 'no response at all',
      handler: () => undefined as never,
      message: 'cannot encode the response, which is a bug in the function',
      thrown: expect.any(Error),
    },
    {
      name: 'a promise, which would otherwise be read as the wish to delete everything',
      handler: (async () => response()) as never,
      message: 'cannot encode the response, which is a bug in the function',
      thrown: expect.any(Error),
    },
  ])('$name', ({ handler, what = 'unencodable', message, thrown }) => {
    const got = said(handler);
    expect(got).toEqual({ ...CALLER, severity: 'fatal', response: fatal(message), failure: { what, message, thrown } });
    expect(message).not.toContain(secret);
  });

  test('a request that is cut short', () => {
    const message = 'cannot decode the request: premature EOF';
    expect(said(() => response(), request().subarray(0, 40))).toEqual({
      tag: '',
      xr: undefined,
      severity: 'fatal',
      response: fatal(message, ''),
      failure: { what: 'undecodable', message, thrown: expect.any(RangeError) },
    });
  });

  test('a response that is longer than Crossplane takes, with its longest parts', () => {
    const data = 'x'.repeat(MAX_RESPONSE_BYTES / 2);
    const objects = { small: {}, one: { data }, two: { data: `${data}y` } };
    const message =
      'the response has 4194417 bytes, and Crossplane takes at most 4194304; its longest parts: ' +
      'desired resource "two" (2097201), desired resource "one" (2097200), desired resource "small" (17)';
    expect(said(() => composed(objects))).toEqual({
      ...CALLER,
      severity: 'fatal',
      response: fatal(message),
      failure: { what: 'too long', message },
    });
  });

  test('but a response of exactly the length that Crossplane takes is passed on', () => {
    const withMessage = (length: number) =>
      response({ results: [result(Severity.SEVERITY_NORMAL, 'x'.repeat(length))] });
    const overhead = RunFunctionResponse.encode(withMessage(MAX_RESPONSE_BYTES - 100)).finish().length;
    const longest = withMessage(2 * MAX_RESPONSE_BYTES - 100 - overhead);
    expect(answer(() => longest, request())).toMatchObject({
      severity: 'normal',
      response: { length: MAX_RESPONSE_BYTES },
    });
  });
});

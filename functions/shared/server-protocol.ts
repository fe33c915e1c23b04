import { BinaryReader } from '@bufbuild/protobuf/wire';
import {
  RunFunctionRequest,
  RunFunctionResponse,
  Severity,
  Status,
  Target,
} from '@crossplane-org/function-sdk-typescript';
import type { MethodDefinition } from '@grpc/grpc-js';
import type { FunctionHandler } from './function.ts';

/** Crossplane is a grpc-go client with the default limit, and shows a longer response as an error without a cause. */
export const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

/** How many parts of a response that is too long its message names, the longest first. */
const NAMED_PARTS = 3;

/** The worst first. */
export const RESULT_SEVERITIES = ['fatal', 'warning', 'normal', 'none'] as const;

export type ResultSeverity = (typeof RESULT_SEVERITIES)[number];

/** What Crossplane is told, and what may be logged of it: all but what was thrown, which may quote a resource. */
export interface Answer {
  readonly response: Uint8Array;
  /** Crossplane's name for the call, in its own log as well. */
  readonly tag: string;
  /** Which composite resource it is about; a cluster-scoped one has an empty namespace. */
  readonly xr: { readonly kind: string; readonly namespace: string; readonly name: string } | undefined;
  /** The worst of the response's results. */
  readonly severity: ResultSeverity;
  /** Why the spec is not carried out, where it is not: the reason of condition SpecAccepted. */
  readonly refusal?: string;
  /** Set when we failed: what was being done, and what was thrown by it. */
  readonly failure?: Failure;
}

export interface Failure {
  readonly what: 'undecodable' | 'exception' | 'unencodable' | 'too long';
  readonly message: string;
  readonly thrown?: unknown;
}

/** A unary method whose messages stay bytes for gRPC, so that whoever implements it decodes, encodes and explains. */
export const bytesMethod = (path: string): MethodDefinition<Uint8Array, Uint8Array> => ({
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: toBuffer,
  requestDeserialize: (bytes) => bytes,
  responseSerialize: toBuffer,
  responseDeserialize: (bytes) => bytes,
});

const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly thrown: unknown };

/**
 * Bytes in, bytes out, and never an exception. What goes wrong becomes a fatal result: Crossplane then changes nothing
 * and shows the message on the composite resource, where a gRPC error would say "Error serializing response".
 */
export function answer(handler: FunctionHandler, request: Uint8Array): Answer {
  const decoded = attempt(() => decodeRequest(request));
  if (!decoded.ok) return failed(undefined, undecodable(decoded.thrown));
  const handled = attempt(() => handler(decoded.value));
  if (!handled.ok) return failed(decoded.value, thrownBy(decoded.value, handled.thrown));
  const encoded = attempt(() => RunFunctionResponse.encode(handled.value).finish());
  if (!encoded.ok) return failed(decoded.value, unencodable(handled.value, encoded.thrown));
  if (encoded.value.length > MAX_RESPONSE_BYTES) return failed(decoded.value, tooLong(handled.value, encoded.value));
  const refusal = refusalIn(handled.value);
  return {
    ...caller(decoded.value),
    response: encoded.value,
    severity: worst(handled.value),
    ...(refusal !== undefined && { refusal }),
  };
}

function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { ok: true, value: run() };
  } catch (thrown) {
    return { ok: false, thrown };
  }
}

/**
 * The SDK's generated code counts its recursion in this property of the reader and gives up at 100 messages, which is
 * 31 levels of JSON and less than a PodTemplate inside a CRD. Here it counts nothing: the stack ends at some 2,000
 * levels, with an exception.
 */
class DeepReader extends BinaryReader {
  get __tsProtoDecodeDepth(): number {
    return 0;
  }
  set __tsProtoDecodeDepth(_depth: number) {}
}

const decodeRequest = (bytes: Uint8Array): RunFunctionRequest => RunFunctionRequest.decode(new DeepReader(bytes));

function caller(req: RunFunctionRequest | undefined): Pick<Answer, 'tag' | 'xr'> {
  const composite = req?.observed?.composite?.resource;
  const { namespace, name } = composite?.metadata ?? {};
  const xr = composite && { kind: text(composite.kind), namespace: text(namespace), name: text(name) };
  return { tag: req?.meta?.tag ?? '', xr };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function failed(req: RunFunctionRequest | undefined, failure: Failure): Answer {
  const { tag, xr } = caller(req);
  const rsp = RunFunctionResponse.fromPartial({
    meta: { tag },
    results: [{ severity: Severity.SEVERITY_FATAL, message: failure.message, target: Target.TARGET_COMPOSITE }],
  });
  return { tag, xr, response: RunFunctionResponse.encode(rsp).finish(), severity: 'fatal', failure };
}

/** The reader's own messages speak of wire types and lengths, never of content. */
const undecodable = (thrown: unknown): Failure => ({
  what: 'undecodable',
  message: `cannot decode the request: ${thrown instanceof Error ? thrown.message : 'unknown error'}`,
  thrown,
});

/** An exception's text may quote what it choked on, a Secret's value for one, so Crossplane is told its kind alone. */
const thrownBy = (req: RunFunctionRequest, thrown: unknown): Failure => ({
  what: 'exception',
  message: `the function failed with ${errorKind(thrown)}, which is a bug in it: its log says where, under tag ${JSON.stringify(req.meta?.tag ?? '')}`,
  thrown,
});

export const errorKind = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.name : `a thrown ${typeof thrown}`;

function unencodable(rsp: RunFunctionResponse, thrown: unknown): Failure {
  const part = parts(rsp).find(({ encode }) => !attempt(encode).ok);
  const message = `cannot encode the ${part?.name ?? 'response'}, which is a bug in the function`;
  return { what: 'unencodable', message, thrown };
}

function tooLong(rsp: RunFunctionResponse, encoded: Uint8Array): Failure {
  const longest = parts(rsp)
    .map(({ name, encode }) => ({ name, bytes: encode().length }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, NAMED_PARTS)
    .map(({ name, bytes }) => `${name} (${bytes})`);
  const limit = `the response has ${encoded.length} bytes, and Crossplane takes at most ${MAX_RESPONSE_BYTES}`;
  return { what: 'too long', message: `${limit}; its longest parts: ${longest.join(', ')}` };
}

interface Part {
  readonly name: string;
  encode(): Uint8Array;
}

/** A response in pieces that can be encoded alone, by what a person would call them. */
function parts(rsp: RunFunctionResponse | undefined): Part[] {
  const { desired, ...rest } = rsp ?? {};
  const part = (name: string, piece: Partial<RunFunctionResponse>): Part => ({
    name,
    encode: () => RunFunctionResponse.encode({ ...RunFunctionResponse.create(), ...piece }).finish(),
  });
  return [
    part('desired composite', { desired: { composite: desired?.composite, resources: {} } }),
    ...Object.entries(desired?.resources ?? {}).map(([key, resource]) =>
      part(`desired resource ${JSON.stringify(key)}`, {
        desired: { composite: undefined, resources: { [key]: resource } },
      }),
    ),
    ...Object.entries(rest).map(([field, value]) => part(field, { [field]: value })),
  ];
}

const SEVERITY: Readonly<Record<ResultSeverity, Severity | undefined>> = {
  fatal: Severity.SEVERITY_FATAL,
  warning: Severity.SEVERITY_WARNING,
  normal: Severity.SEVERITY_NORMAL,
  none: undefined,
};

const refusalIn = ({ conditions }: RunFunctionResponse): string | undefined =>
  conditions.find(({ type, status }) => type === 'SpecAccepted' && status === Status.STATUS_CONDITION_FALSE)?.reason;

const worst = ({ results }: RunFunctionResponse): ResultSeverity =>
  RESULT_SEVERITIES.find((name) => results.some(({ severity }) => severity === SEVERITY[name])) ?? 'none';

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';
import { bytesMethod } from './server-protocol.ts';

/**
 * HealthCheckResponse messages of grpc/health/v1/health.proto, byte for byte: field 1, the status. They are written
 * here because the well-kept package for this service reads its .proto files from disk, which a bundle has not got.
 */
const SERVING = Buffer.from([8, 1]);
const NOT_SERVING = Buffer.from([8, 2]);
const SERVICE_UNKNOWN = Buffer.from([8, 3]);

/** gRPC's health service, for the services named and for the server as a whole, whose name is the empty one. */
export interface Health {
  readonly service: ServiceDefinition;
  readonly implementation: {
    readonly Check: handleUnaryCall<Uint8Array, Buffer>;
    readonly Watch: handleServerStreamingCall<Uint8Array, Buffer>;
  };
  isServing(): boolean;
  /** Says NOT_SERVING from now on, and ends the watches, which would hold up a shutdown for as long as they liked. */
  stop(): void;
}

export function health(services: readonly string[]): Health {
  const known = new Set(['', ...services]);
  const watches = new Set<ServerWritableStream<Uint8Array, Buffer>>();
  let serving = true;
  const current = (): Buffer => (serving ? SERVING : NOT_SERVING);
  return {
    service: {
      Check: bytesMethod('/grpc.health.v1.Health/Check'),
      Watch: { ...bytesMethod('/grpc.health.v1.Health/Watch'), responseStream: true },
    },
    implementation: {
      Check: (call, callback) => {
        if (known.has(serviceName(call.request))) return callback(null, current());
        callback({ code: status.NOT_FOUND, details: 'unknown service' });
      },
      // The protocol keeps the stream for an unknown service open, because a server may come to know it.
      Watch: (call) => {
        call.write(known.has(serviceName(call.request)) ? current() : SERVICE_UNKNOWN);
        if (!serving) return call.end();
        watches.add(call);
        call.once('cancelled', () => watches.delete(call));
      },
    },
    isServing: () => serving,
    stop: () => {
      serving = false;
      for (const call of watches) {
        call.write(NOT_SERVING);
        call.end();
      }
    },
  };
}

/** Field 1 of a HealthCheckRequest. */
function serviceName(request: Uint8Array): string {
  const reader = new BinaryReader(request);
  let name = '';
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === WireType.LengthDelimited) name = reader.string();
    else reader.skip(wireType, field);
  }
  return name;
}

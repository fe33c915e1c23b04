import { Client, credentials } from '@grpc/grpc-js';

const CHECK = '/grpc.health.v1.Health/Check';

/** HealthCheckResponse of grpc/health/v1/health.proto: field 1, the status, is SERVING. */
const SERVING = Buffer.from([8, 1]);

/** HealthCheckRequest: field 1, the service. A name that a probe may have is short enough for a length of one byte. */
const request = (service: string): Buffer => Buffer.concat([Buffer.from([10, service.length]), Buffer.from(service)]);

/** Asks gRPC's health service in plain text, as a kubelet does. */
export function isServing(address: string, port: number, service: string, timeoutMs: number): Promise<boolean> {
  const client = new Client(`${address}:${port}`, credentials.createInsecure());
  const same = (bytes: Buffer) => bytes;
  const deadline = new Date(Date.now() + timeoutMs);
  return new Promise((resolve) => {
    client.makeUnaryRequest(CHECK, same, same, request(service), { deadline }, (error, answer) => {
      client.close();
      resolve(error === null && answer?.equals(SERVING) === true);
    });
  });
}

import { RunFunctionRequest } from '@crossplane-org/function-sdk-typescript';
import { Bench } from 'tinybench';
import { asFunction } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { modelService } from '../functions/compose-model-service/compose.ts';

const API = 'modelplane.ai/v1alpha1';

const GATEWAY: KubernetesObject = {
  apiVersion: API,
  kind: 'InferenceGateway',
  metadata: { name: 'default' },
  spec: {},
  status: { url: 'http://models.example.com', gatewayRef: { name: 'modelplane', namespace: 'modelplane-system' } },
};

const endpoint = (name: string): KubernetesObject => ({
  apiVersion: API,
  kind: 'ModelEndpoint',
  metadata: { name, namespace: 'ml' },
  spec: { url: 'http://10.0.0.7:8000' },
  status: {
    routing: {
      backendName: name,
      port: 80,
      host: '10.0.0.7:8000',
      base: '/v1',
      prefix: '/',
      draining: false,
      ready: true,
    },
  },
});

/** A request as it arrives: bytes, for a service with so many endpoints. */
function request(endpoints: number): Uint8Array {
  const resource = (object: KubernetesObject) => ({ resource: { ...object } });
  const xr = {
    apiVersion: API,
    kind: 'ModelService',
    metadata: { name: 'qwen', namespace: 'ml' },
    spec: {
      endpoints: [{ weight: 1, tier: 0, selector: { matchLabels: { model: 'qwen' } } }],
      trafficClass: 'default',
      whenEmpty: 'Redistribute',
    },
  };
  const found = Array.from({ length: endpoints }, (_, index) => resource(endpoint(`e${index}`)));
  return RunFunctionRequest.encode(
    RunFunctionRequest.fromPartial({
      observed: { composite: resource(xr) },
      requiredResources: { gateway: { items: [resource(GATEWAY)] }, 'endpoints-0': { items: found } },
    }),
  ).finish();
}

/** Times are of this machine at this moment: only the ratios say something. */
async function main(): Promise<void> {
  const handler = asFunction(modelService);
  const bench = new Bench({ time: 500 });
  for (const endpoints of [1, 4, 16]) {
    const bytes = request(endpoints);
    bench.add(`${endpoints}`, () => void handler(RunFunctionRequest.decode(bytes)));
  }
  await bench.run();
  const medians = bench.tasks.map(({ name, result }) => ({
    name,
    median: result.state === 'completed' ? result.latency.p50 : Number.NaN,
  }));
  const smallest = medians[0]?.median ?? Number.NaN;
  console.log('A ModelService from bytes to answer, by the number of its endpoints:');
  console.table(
    Object.fromEntries(
      medians.map(({ name, median }) => [
        name,
        { 'median, ms': median.toFixed(3), ratio: (median / smallest).toFixed(1) },
      ]),
    ),
  );
}

await main();

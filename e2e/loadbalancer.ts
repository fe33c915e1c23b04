import type { Server } from 'node:net';
import type { V1EndpointSlice, V1Service } from '@kubernetes/client-node';
import { forwarder } from './forward.ts';
import { type Kube, kubeFrom, refOf, watch } from './kube.ts';

/** How much later a load balancer knows which pods are ready: a cloud's hears of it within seconds, never at once. */
const LAG_MS = 2_000;

/**
 * Stands in for a cloud's load balancers: gives every Service of that type an address of its own, and passes each
 * connection on to one of the Service's ready endpoints, in turn. It keeps no connection from failing that a real one
 * would let fail: so a pod gets connections for a while after it was told to stop.
 */
async function main(): Promise<void> {
  const [, , kubeconfig = '', network = '10.90.1'] = process.argv;
  const kube = kubeFrom(kubeconfig);
  const slices = new Map<string, V1EndpointSlice>();
  const balancers = new Map<string, Balancer>();
  await watch<V1EndpointSlice>(kube, '/apis/discovery.k8s.io/v1/endpointslices', (slice, gone) => {
    const uid = slice.metadata?.uid ?? '';
    const hear = () => (gone ? slices.delete(uid) : slices.set(uid, slice));
    setTimeout(hear, LAG_MS);
  });
  let next = 1;
  await watch<V1Service>(kube, '/api/v1/services', (service, gone) => {
    const uid = service.metadata?.uid ?? '';
    const wanted = !gone && !service.metadata?.deletionTimestamp && service.spec?.type === 'LoadBalancer';
    const known = balancers.get(uid);
    if (!wanted) {
      known?.close();
      balancers.delete(uid);
      return;
    }
    const balancer = known ?? newBalancer(`${network}.${next++}`);
    balancers.set(uid, balancer);
    balancer.serve(service, () => [...slices.values()]);
    if (service.status?.loadBalancer?.ingress) return;
    publish(kube, service, balancer.address).catch((error) => console.error(`${service.metadata?.name}: ${error}`));
  });
}

interface Balancer {
  readonly address: string;
  serve(service: V1Service, slices: () => readonly V1EndpointSlice[]): void;
  close(): void;
}

function newBalancer(address: string): Balancer {
  const servers = new Map<number, Server>();
  return {
    address,
    serve: (service, slices) => {
      const ports = service.spec?.ports ?? [];
      for (const [port, server] of servers) {
        if (ports.some((wanted) => wanted.port === port)) continue;
        server.close();
        servers.delete(port);
      }
      for (const { port, name } of ports) {
        if (servers.has(port)) continue;
        const pick = roundRobin(() => endpointsOf(service, name, slices()));
        servers.set(port, forwarder(pick).listen(port, address));
      }
    },
    close: () => {
      for (const server of servers.values()) server.close();
    },
  };
}

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

function roundRobin(endpoints: () => readonly Endpoint[]): () => Endpoint | undefined {
  let turn = 0;
  return () => {
    const all = endpoints();
    return all[turn++ % all.length];
  };
}

/** Where a port of a Service leads: slices name the port as the Service does. */
export function endpointsOf(
  service: V1Service,
  portName: string | undefined,
  slices: readonly V1EndpointSlice[],
): Endpoint[] {
  const { name, namespace } = service.metadata ?? {};
  return slices
    .filter(
      ({ metadata }) => metadata?.namespace === namespace && metadata?.labels?.['kubernetes.io/service-name'] === name,
    )
    .flatMap(({ endpoints, ports }) => {
      const port = ports?.find((candidate) => (candidate.name ?? '') === (portName ?? ''))?.port;
      const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
      return port ? ready.flatMap(({ addresses }) => addresses.map((host) => ({ host, port }))) : [];
    })
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}

async function publish(kube: Kube, service: V1Service, ip: string): Promise<void> {
  const ref = refOf({ apiVersion: 'v1', kind: 'Service', ...service });
  await kube.merge(ref, { status: { loadBalancer: { ingress: [{ ip }] } } }, 'status');
}

if (import.meta.main) await main();

import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import type { KubernetesObject, V1EndpointSlice, V1Service } from '@kubernetes/client-node';
import { forwarder } from '../../forward.ts';
import { kubeFrom, watch } from '../../kube.ts';
import { endpointsOf } from '../../loadbalancer.ts';
import { addressesOf, answer } from './names.ts';

/** What it is started with: one JSON file. */
export interface NetworkConfig {
  readonly kubeconfig: string;
  /** Where names are asked for, by UDP. */
  readonly nameserver: string;
}

/**
 * Stands in for a cluster's DNS and for kube-proxy: names of Services mean their cluster addresses, all of which are this
 * machine's, and a connection there is passed on to a ready endpoint, in turn.
 */
async function main(): Promise<void> {
  const { kubeconfig, nameserver }: NetworkConfig = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
  const kube = kubeFrom(kubeconfig);
  const services = new Map<string, V1Service>();
  const slices = new Map<string, V1EndpointSlice>();
  const proxies = new Map<string, Server>();
  await watch<V1Service>(kube, '/api/v1/services', (service, gone) => {
    keep(services, service, gone);
    forward(proxies, service, gone, () => [...slices.values()]);
  });
  await watch<V1EndpointSlice>(kube, '/apis/discovery.k8s.io/v1/endpointslices', (slice, gone) =>
    keep(slices, slice, gone),
  );
  const names = () => ({ services: [...services.values()], slices: [...slices.values()] });
  const socket = createSocket('udp4', (question, { port, address }) => {
    socket.send(
      answer(question, (name) => addressesOf(name, names())),
      port,
      address,
    );
  });
  socket.bind(DNS_PORT, nameserver);
}

const DNS_PORT = 53;

function keep<T extends KubernetesObject>(known: Map<string, T>, object: T, gone: boolean): void {
  const uid = object.metadata?.uid ?? '';
  if (gone) known.delete(uid);
  else known.set(uid, object);
}

function forward(
  proxies: Map<string, Server>,
  service: V1Service,
  gone: boolean,
  slices: () => readonly V1EndpointSlice[],
): void {
  const { clusterIP, ports = [] } = service.spec ?? {};
  if (!clusterIP || clusterIP === 'None') return;
  for (const { port, name } of ports) {
    const key = `${clusterIP}:${port}`;
    if (gone) {
      proxies.get(key)?.close();
      proxies.delete(key);
    } else if (!proxies.has(key)) {
      let turn = 0;
      const next = () => {
        const endpoints = endpointsOf(service, name, slices());
        return endpoints[turn++ % endpoints.length];
      };
      // Crossplane listens for webhooks at every address of this machine; those of a cluster are called at their pods.
      const server = forwarder(next).on('error', (error) => console.error(`${name ?? ''} of ${key}: ${error}`));
      proxies.set(key, server.listen(port, clusterIP));
    }
  }
}

await main();

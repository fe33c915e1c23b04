import { type ClusterObject, groupKindOf, isRecord, type Json, specOf, statusOf } from '../objects.ts';

/** The one thing that a reader wants to know of an object beside its name. */
export const detailOf = (object: ClusterObject): string => DETAILS[groupKindOf(object)]?.(object) ?? '';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const DETAILS: Readonly<Record<string, (object: ClusterObject) => string>> = {
  'InferenceGateway.modelplane.ai': (object) => text(statusOf(object).url),
  'InferenceCluster.modelplane.ai': (object) => gatewayAddress(statusOf(object).gateway),
  'ModelDeployment.modelplane.ai': (object) => text(statusOf(object).baseURL),
  'ModelService.modelplane.ai': (object) => text(statusOf(object).baseURL),
  'ModelEndpoint.modelplane.ai': (object) => text(specOf(object).url),
  'Gateway.gateway.networking.k8s.io': (object) => addresses(statusOf(object)),
  'Release.helm.m.crossplane.io': ({ spec }) => chart(isRecord(spec) ? spec.forProvider : undefined),
  'EndpointSlice.discovery.k8s.io': (object) => endpoints(object),
};

const gatewayAddress = (gateway: unknown): string => (isRecord(gateway) ? text(gateway.address) : '');

const addresses = ({ addresses: all }: Json): string =>
  ((all as { value: string }[] | undefined) ?? []).map(({ value }) => value).join(', ');

function chart(forProvider: unknown): string {
  const { name, version } = isRecord(forProvider) && isRecord(forProvider.chart) ? forProvider.chart : {};
  return [`chart ${text(name)}`, text(version)].join(' ').trim();
}

function endpoints({ endpoints: all, ports }: ClusterObject): string {
  const port = (ports as { port?: number }[] | undefined)?.[0]?.port;
  const hosts = ((all as { addresses?: string[] }[] | undefined) ?? []).flatMap(({ addresses: own = [] }) => own);
  return hosts.map((host) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)).join(', ');
}

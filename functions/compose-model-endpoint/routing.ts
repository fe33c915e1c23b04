import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import { backendName } from '#shared/names.ts';
import { BACKEND_PORTS, hostOf, verifiedName } from './backend.ts';
import type { Accepted } from './wish.ts';

export type Routing = NonNullable<NonNullable<ModelEndpoint['status']>['routing']>;

/** How a ModelService is to speak to what the spec names. */
export const routing = (xr: ModelEndpoint, { url, paths }: Accepted, ready: boolean): Routing => ({
  backendName: backendName(xr),
  port: BACKEND_PORTS[url.scheme].port,
  scheme: url.scheme,
  host: hostOf(xr, url),
  ...paths,
  tls: verifiedName(xr, url) !== undefined,
  ...preferences(xr.spec),
  ready,
});

/** How it was told to, for as long as the spec cannot be carried out. */
export function routingBefore(xr: ModelEndpoint, ready: boolean): Routing {
  const { objectives: _objectives, ...way } = xr.status?.routing ?? {};
  return { ...way, backendName: backendName(xr), ...preferences(xr.spec), ready };
}

/** What holds whichever way requests are sent, and whatever else of the spec is refused. */
const preferences = ({ objectives, authorization, draining, lastResort }: ModelEndpoint['spec']) => ({
  ...(objectives && { objectives }),
  authorization,
  draining,
  lastResort,
});

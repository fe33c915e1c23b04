import { amountOf } from './quantities.ts';
import type { Container, PodTemplate } from './template.ts';

type Resources = NonNullable<Container['resources']>;
type Amounts = NonNullable<Resources['limits']>;

const STANDARD: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** What no node has of itself: whole, never more asked for than allowed. */
const isExtended = (resource: string): boolean => resource.includes('/');

/** What is not overcommitted, so that its limit is what is asked for. */
const isHuge = (resource: string): boolean => resource.startsWith('hugepages-');

/** Whether more may be asked for than is there, which an API server allows for what can be shared. */
const isShared = (resource: string): boolean => STANDARD.has(resource);

const isResource = (resource: string): boolean =>
  isShared(resource) ||
  /^hugepages-\d/.test(resource) ||
  (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(resource) &&
    !/(^|\.)kubernetes\.io\//.test(resource));

/** The same with a limit for every device that is only asked for: an API server wants both, and the same. */
export function withLimits<C extends Container>(container: C): C {
  const { limits = {}, requests = {} } = container.resources ?? {};
  const missing = Object.entries(requests).filter(
    ([resource]) => (isExtended(resource) || isHuge(resource)) && !Object.hasOwn(limits, resource),
  );
  if (missing.length === 0) return container;
  return { ...container, resources: { ...container.resources, limits: { ...limits, ...Object.fromEntries(missing) } } };
}

/** What an API server would not take of a container's resources: a sentence without a full stop. */
export function resourcesProblem({ limits = {}, requests = {} }: Resources, path: string): string | undefined {
  return (
    amountsProblem(limits, `${path}.limits`) ??
    amountsProblem(requests, `${path}.requests`) ??
    hugeProblem(Object.keys({ ...limits, ...requests }), path) ??
    first(
      Object.entries(requests).map(([resource, asked]) => {
        const limit = Object.hasOwn(limits, resource) ? limits[resource] : undefined;
        if (limit === undefined) return undefined;
        const [least = 0, most = 0] = [amountOf(asked), amountOf(limit)];
        if (isShared(resource) ? least <= most : least === most) return undefined;
        return isShared(resource)
          ? `${path}.requests ${resource} ${asked} is more than limits ${resource} ${limit}; raise the limit, or ask for less`
          : `${path}.requests ${resource} ${asked} is not limits ${resource} ${limit}, and must be the same; keep limits alone`;
      }),
    )
  );
}

function hugeProblem(resources: readonly string[], path: string): string | undefined {
  const huge = resources.find(isHuge);
  return huge !== undefined && !resources.some((one) => one === 'cpu' || one === 'memory')
    ? `${path} has ${huge}, which goes with cpu or memory; give an amount of one of them`
    : undefined;
}

const amountsProblem = (amounts: Amounts, path: string): string | undefined =>
  first(
    Object.entries(amounts).map(([resource, quantity]) => {
      if (!isResource(resource))
        return `${path} has ${resource}, which is no resource of a container; there are cpu, memory, ephemeral-storage, and devices such as nvidia.com/gpu`;
      const amount = amountOf(quantity);
      if (amount === undefined || amount < 0) return unreadable(`${path} ${resource}`, quantity);
      return isExtended(resource) && !Number.isInteger(amount)
        ? `${path} ${resource} is ${quantity}, and devices are whole; give a whole number`
        : undefined;
    }),
  );

const unreadable = (what: string, quantity: string | number): string =>
  `${what} is ${JSON.stringify(quantity)}, which is no quantity; write it as 64Gi, 500m or 4 are`;

/** Sizes of volumes. */
export function sizeProblem(volumes: NonNullable<NonNullable<PodTemplate['spec']>['volumes']>): string | undefined {
  return first(
    volumes.map(({ name, emptyDir, ephemeral }) => {
      const limit = emptyDir?.sizeLimit;
      if (limit !== undefined && !((amountOf(limit) ?? -1) >= 0))
        return unreadable(`volume ${name} emptyDir.sizeLimit`, limit);
      const storage = ephemeral?.volumeClaimTemplate.spec.resources.requests?.storage;
      if (ephemeral !== undefined && !((amountOf(storage ?? '') ?? -1) > 0))
        return unreadable(
          `volume ${name} ephemeral.volumeClaimTemplate.spec.resources.requests.storage`,
          storage ?? '',
        );
      return undefined;
    }),
  );
}

export const first = (problems: readonly (string | undefined)[]): string | undefined =>
  problems.find((problem) => problem !== undefined);

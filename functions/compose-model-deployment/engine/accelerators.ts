import type { Container } from './template.ts';

/** What a container's resources say of accelerators, whoever makes them. */
export interface Accelerators {
  /** Amounts by resource, of limits or, where those do not say, of requests. */
  readonly counts: Readonly<Record<string, number>>;
  /** Devices come by a resource claim, or as a share of one, and nobody here knows how many. */
  readonly claimed: boolean;
}

export const NVIDIA = 'nvidia.com/gpu';
export const AMD = 'amd.com/gpu';

/** Shares of a card's memory and cores say how much of a card, and not how many. */
const isShare = (resource: string): boolean => /(mem(ory)?|cores?)\b/i.test(resource) && !resource.includes('neuron');

/** Whole cards and parts of them: extended resources, so there is a domain. */
const isAccelerator = (resource: string): boolean =>
  resource.includes('/') &&
  /gpu|\/mig-|gaudi|neuron|\/tpu|npu|xpu|ascend|\/(dcu|mlu|gcu|rngd|qaic)|tenstorrent|\.intel\.com\/(i915|xe)/i.test(
    resource,
  );

export function acceleratorsOf(container: Container | undefined): Accelerators {
  const { limits = {}, requests = {}, claims = [] } = container?.resources ?? {};
  const amounts = { ...requests, ...limits };
  const all = Object.keys(amounts).filter(isAccelerator);
  const shares = all.filter(isShare);
  const whole = all.filter((resource) => !isShare(resource));
  return {
    counts: Object.fromEntries(whole.map((resource) => [resource, Number(amounts[resource])])),
    // Of a card of NVIDIA's a share says how much, beside how many; of others it stands for the card.
    claimed:
      claims.length > 0 || (whole.length === 0 && shares.some((resource) => !resource.startsWith('nvidia.com/'))),
  };
}

export const totalOf = ({ counts }: Accelerators): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** A model can be split over cards, and not over slices of one. */
export const areWhole = ({ counts }: Accelerators): boolean =>
  !Object.keys(counts).some((resource) => resource.includes('/mig-'));

/** Devices of which a model is divided over parts: a Neuron device has cores, a TPU's chip too, a card of Intel's tiles. */
const HAS_PARTS = /\.amazon\.com\/neuron(device)?$|\/tpu$|\.intel\.com\//;

/** How many parts a model may be divided into; undefined where its devices do not say. */
export const partsOf = (accelerators: Accelerators): number | undefined =>
  accelerators.claimed || Object.keys(accelerators.counts).some((resource) => HAS_PARTS.test(resource))
    ? undefined
    : totalOf(accelerators);

export const described = ({ counts }: Accelerators): string =>
  Object.entries(counts)
    .map(([resource, count]) => `${resource}: ${count}`)
    .join(', ');

import type { KindCases } from './case.ts';
import { INFERENCE_CLUSTER } from './inferenceclusters/cases.ts';
import { INFERENCE_GATEWAY } from './inferencegateways/cases.ts';
import { MODEL_DEPLOYMENT } from './modeldeployments/cases.ts';
import { MODEL_ENDPOINT } from './modelendpoints/cases.ts';
import { MODEL_SERVICE } from './modelservices/cases.ts';

/** For the definitions beside this file, which unit tests judge by, and for the real API server. */
export const CASES: readonly KindCases[] = [
  INFERENCE_GATEWAY,
  INFERENCE_CLUSTER,
  MODEL_ENDPOINT,
  MODEL_SERVICE,
  MODEL_DEPLOYMENT,
];

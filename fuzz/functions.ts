import { asFunction, type CompositionFunction } from '#shared/function.ts';
import { inferenceCluster } from '../functions/compose-inference-cluster/compose.ts';
import { inferenceGateway } from '../functions/compose-inference-gateway/compose.ts';
import { modelDeployment } from '../functions/compose-model-deployment/compose.ts';
import { modelEndpoint } from '../functions/compose-model-endpoint/compose.ts';
import { modelService } from '../functions/compose-model-service/compose.ts';
import type { Functions } from './world.ts';

/** The real functions, each behind the same edge as in its server. */
export const FUNCTIONS: Functions = {
  InferenceGateway: asFunction(inferenceGateway),
  InferenceCluster: asFunction(inferenceCluster),
  ModelDeployment: asFunction(modelDeployment),
  ModelEndpoint: asFunction(modelEndpoint),
  ModelService: asFunction(modelService),
};

/** The same with one function changed, to see that the change is found. */
export const withMutant = (mutant: Partial<Functions>): Functions => ({ ...FUNCTIONS, ...mutant });

/** A function that lets another spoil what it composes. */
export const spoiled = <F extends CompositionFunction<never>>(
  fn: F,
  spoil: (composed: ReturnType<F['compose']>, inputs: Parameters<F['compose']>[0]) => ReturnType<F['compose']>,
) => asFunction({ ...fn, compose: (inputs: never) => spoil(fn.compose(inputs) as ReturnType<F['compose']>, inputs) });

import { asFunction } from '#shared/function.ts';
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

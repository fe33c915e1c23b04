import { asFunction, type FunctionHandler } from '#shared/function.ts';
import { inferenceCluster } from '../functions/compose-inference-cluster/compose.ts';
import { inferenceGateway } from '../functions/compose-inference-gateway/compose.ts';
import { modelDeployment } from '../functions/compose-model-deployment/compose.ts';
import { modelEndpoint } from '../functions/compose-model-endpoint/compose.ts';
import { modelService } from '../functions/compose-model-service/compose.ts';

/** Every function of this repository, behind the same edge as in its server, by the folder that it is in. */
export const FUNCTIONS: Readonly<Record<string, FunctionHandler>> = {
  'compose-inference-cluster': asFunction(inferenceCluster),
  'compose-inference-gateway': asFunction(inferenceGateway),
  'compose-model-deployment': asFunction(modelDeployment),
  'compose-model-endpoint': asFunction(modelEndpoint),
  'compose-model-service': asFunction(modelService),
};

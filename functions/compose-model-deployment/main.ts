import { asFunction } from '#shared/function.ts';
import { serve } from '#shared/server.ts';
import { modelDeployment } from './compose.ts';

serve(asFunction(modelDeployment));

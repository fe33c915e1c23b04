import { asFunction } from '#shared/function.ts';
import { serve } from '#shared/server.ts';
import { inferenceCluster } from './compose.ts';

serve(asFunction(inferenceCluster));

import { asFunction } from '#shared/function.ts';
import { serve } from '#shared/server.ts';
import { inferenceGateway } from './compose.ts';

serve(asFunction(inferenceGateway));

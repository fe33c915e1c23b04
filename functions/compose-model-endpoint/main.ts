import { asFunction } from '#shared/function.ts';
import { serve } from '#shared/server.ts';
import { modelEndpoint } from './compose.ts';

serve(asFunction(modelEndpoint));

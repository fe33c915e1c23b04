import { asFunction } from '#shared/function.ts';
import { serve } from '#shared/server.ts';
import { modelService } from './compose.ts';

serve(asFunction(modelService));

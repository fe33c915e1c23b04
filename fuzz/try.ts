import { asFunction } from '#shared/function.ts';
import { inferenceCluster } from '../functions/compose-inference-cluster/compose.ts';
import { inferenceGateway } from '../functions/compose-inference-gateway/compose.ts';
import { modelDeployment } from '../functions/compose-model-deployment/compose.ts';
import { modelEndpoint } from '../functions/compose-model-endpoint/compose.ts';
import { modelService } from '../functions/compose-model-service/compose.ts';
import { beginning, playStory } from './run.ts';
import { storyOf } from './stories.ts';
import { shrink } from './shrink.ts';
const F: any = { InferenceCluster: asFunction(inferenceCluster), InferenceGateway: asFunction(inferenceGateway), ModelDeployment: asFunction(modelDeployment), ModelEndpoint: asFunction(modelEndpoint), ModelService: asFunction(modelService) };
const b = beginning(F);
console.log('begin', b.violations, b.reconciles);
const from = Number(process.argv[2] ?? 1), n = Number(process.argv[3] ?? 50);
const only = process.argv[4];
const seen = new Map<string, number>();
const first = new Map<string, number>();
let rec = 0; const t = Date.now();
for (let seed = from; seed < from + n; seed++) {
  const r = playStory(b, F, storyOf(seed));
  rec += r.reconciles;
  if (r.violation) { const k = r.violation.invariant; seen.set(k, (seen.get(k) ?? 0) + 1); if (!first.has(k)) first.set(k, seed); }
}
console.log([...seen].map(([k, v]) => `${v} ${k} (first ${first.get(k)})`).join('\n'));
console.log(rec, 'reconciles', Math.round(rec / (Date.now() - t) * 1000), '/s');

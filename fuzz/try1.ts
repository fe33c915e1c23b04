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
for (const seed of process.argv.slice(2).map(Number)) {
  const story = storyOf(seed);
  const r = playStory(b, F, story);
  if (!r.violation) { console.log(seed, 'holds'); continue; }
  const inv = r.violation.invariant;
  const short = shrink(story, (s) => playStory(b, F, s).violation?.invariant === inv);
  const p = playStory(b, F, short);
  console.log(`--- seed ${seed}: ${p.violation?.invariant}\n${p.violation?.what}\n${p.told.map((x, i) => `${i + 1}. ${x}`).join('\n')}\n${JSON.stringify(short)}`);
}

import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { nameOf } from '#shared/kubernetes.ts';
import { first } from '../engine/resources.ts';
import type { Cluster } from '../site.ts';
import { FAMILIES } from './family.ts';

/**
 * Whoever writes a picker has the gateway's way to every address that the gateway reaches, other tenants' engines among
 * them: so which images run is the platform team's to say. A sentence without a full stop.
 */
export function pickerImageProblem(
  picker: ModelDeployment['spec']['endpointPicker'],
  clusters: readonly Cluster[],
): string | undefined {
  const image = picker?.image;
  if (image === undefined) return undefined;
  return first(
    clusters.map((cluster) => {
      const { image: given, allowedImages = [] } = cluster.spec.picker ?? {};
      const allowed = [given ?? FAMILIES[cluster.spec.pickerFamily].image, ...allowedImages];
      return allowed.includes(image)
        ? undefined
        : `spec.endpointPicker.image is ${image}, which InferenceCluster ${nameOf(cluster)} does not allow, because its gateway goes wherever a picker says; remove it, or ask the platform team to add it to spec.picker.allowedImages there`;
    }),
  );
}

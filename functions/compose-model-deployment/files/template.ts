import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { ENGINE, engineIn } from '../engine/engine.ts';
import { first } from '../engine/resources.ts';
import type { PodTemplate } from '../engine/template.ts';
import type { Placement } from '../placements.ts';
import type { Site } from '../site.ts';
import { renamed } from './references.ts';
import { copyName, TOKEN, tokenOf } from './secrets.ts';

type Spec = ModelDeployment['spec'];

/** A template as it is in a cluster, with the Secrets that were brought there. */
export function templateAt(site: Site, spec: Spec, template: PodTemplate): PodTemplate {
  const names = new Map((spec.secrets ?? []).map((source) => [source, copyName(site, { source })]));
  return withToken(site, spec, renamed(template, names));
}

function withToken(site: Site, spec: Spec, template: PodTemplate): PodTemplate {
  const token = tokenOf(spec);
  if (token === undefined) return template;
  const variable = { name: TOKEN, valueFrom: { secretKeyRef: { name: copyName(site, token), key: TOKEN } } };
  const containers = template.spec?.containers?.map((container) =>
    container.name === ENGINE ? { ...container, env: [...(container.env ?? []), variable] } : container,
  );
  return { ...template, spec: { ...template.spec, ...(containers && { containers }) } };
}

/** What a template says beside the Secrets that are brought, and cannot: a sentence without a full stop. */
export function secretsProblem(spec: Spec, placements: readonly Placement[], namespace: string): string | undefined {
  return first(
    placements.map(({ name, template }) => {
      const why = tokenProblem(spec, template) ?? pullProblem(spec, template, namespace);
      return why && `placement ${name}: ${why}`;
    }),
  );
}

const tokenProblem = ({ huggingFaceToken }: Spec, template: PodTemplate): string | undefined =>
  huggingFaceToken !== undefined && engineIn(template)?.env?.some(({ name }) => name === TOKEN)
    ? `container ${ENGINE}: env sets ${TOKEN} beside spec.huggingFaceToken; keep one of them`
    : undefined;

/** A kubelet takes another type, which no Secret can be made of empty. */
function pullProblem({ secrets = [] }: Spec, { spec }: PodTemplate, namespace: string): string | undefined {
  const pulls = spec?.imagePullSecrets?.find(({ name }) => secrets.includes(name));
  return (
    pulls &&
    `imagePullSecrets has ${pulls.name}, which spec.secrets brings as a Secret of type Opaque, and images are fetched with type kubernetes.io/dockerconfigjson; remove it from spec.secrets, and have the platform team put it into namespace ${namespace} of the cluster`
  );
}

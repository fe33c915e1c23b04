import { ENGINE, engineIn } from '../engine/engine.ts';
import type { Container, PodSpec, PodTemplate } from '../engine/template.ts';

/** Where Hugging Face's library keeps what it downloads. */
const VARIABLE = 'HF_HOME';

const HOME = '/cache/huggingface';

/** Name of the volume in the pod: a template's own are called otherwise. */
const VOLUME = 'modelplane-cache';

/** On the engines' pods: which job has filled what they start with. */
const FILLED_BY = 'modelplane.ai/filled-by';

/** Where the library would look instead. */
const ELSEWHERE = ['HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE', 'TRANSFORMERS_CACHE'];

/** Group that the files of a volume get where engines are not root, and nobody says which. */
const GROUP = 1000;

const variableOf = ({ env = [] }: Container, name: string) => env.find((one) => one.name === name);

const homeOf = (container: Container | undefined): string =>
  (container && variableOf(container, VARIABLE)?.value?.replace(/(?<=.)\/+$/, '')) ?? HOME;

/** A template whose engine has a claim where it looks for weights. */
export function withClaim(template: PodTemplate, claimName: string, filledBy: string | undefined): PodTemplate {
  const { metadata, spec = {} } = template;
  const containers = spec.containers?.map((one) => (one.name === ENGINE ? mounting(one) : one));
  const annotations =
    filledBy === undefined ? metadata?.annotations : { ...metadata?.annotations, [FILLED_BY]: filledBy };
  return {
    ...template,
    ...(annotations && { metadata: { ...metadata, annotations } }),
    spec: {
      ...spec,
      ...writable(spec),
      volumes: [...(spec.volumes ?? []), { name: VOLUME, persistentVolumeClaim: { claimName } }],
      ...(containers && { containers }),
    },
  };
}

function mounting(container: Container): Container {
  const home = homeOf(container);
  const isSet = variableOf(container, VARIABLE) !== undefined;
  return {
    ...container,
    ...(!isSet && { env: [...(container.env ?? []), { name: VARIABLE, value: home }] }),
    volumeMounts: [...(container.volumeMounts ?? []), { name: VOLUME, mountPath: home }],
  };
}

/** A new volume is root's. Who is not gets it as a group, without a look at each of its files at every start. */
function writable(spec: PodSpec): Pick<PodSpec, 'securityContext'> {
  const { securityContext } = spec;
  const { runAsUser, runAsGroup, runAsNonRoot } = { ...securityContext, ...engineIn({ spec })?.securityContext };
  const isRoot = runAsUser === 0 || (runAsUser === undefined && runAsNonRoot !== true);
  if (isRoot || securityContext?.fsGroup !== undefined) return {};
  const fsGroup = runAsGroup ?? runAsUser ?? GROUP;
  return { securityContext: { ...securityContext, fsGroup, fsGroupChangePolicy: 'OnRootMismatch' } };
}

/** Why an engine would not find what the volume holds: a sentence without a full stop. */
export function mountProblem(template: PodTemplate): string | undefined {
  const container = engineIn(template);
  if (container === undefined) return undefined;
  if (template.spec?.volumes?.some(({ name }) => name === VOLUME))
    return `volume ${VOLUME} of the template has the name of the volume for cache; call it otherwise`;
  const within = `container ${ENGINE}`;
  const home = variableOf(container, VARIABLE);
  if (home !== undefined && !/^\/[^$]*$/.test(home.value ?? ''))
    return `${within}: env ${VARIABLE} is where cache is mounted, and is no plain path; give one, or remove it`;
  const elsewhere = ELSEWHERE.find((name) => variableOf(container, name) !== undefined);
  if (elsewhere !== undefined)
    return `${within}: env sets ${elsewhere}, so nothing would be kept in cache, which is mounted at ${VARIABLE}; remove one of them`;
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const other = words.find((word) => /^--download[-_]dir(=|$)/.test(word));
  if (other !== undefined)
    return `${within}: args has ${other}, so nothing would be kept in cache, which is mounted at ${VARIABLE}; remove one of them`;
  const path = homeOf(container);
  const taken = container.volumeMounts?.find(({ mountPath }) => mountPath.replace(/\/+$/, '') === path);
  return (
    taken &&
    `${within}: volume ${taken.name} is mounted at ${path}, where cache is; remove the mount, or set env ${VARIABLE} to another path`
  );
}

import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { ENGINE, engineIn } from './engine.ts';
import { listeningProblem, type Published } from './listening.ts';
import { namesProblem } from './pod-names.ts';
import { first, resourcesProblem, sizeProblem, withLimits } from './resources.ts';
import { type Container, HANDLERS, type PodSpec, type PodTemplate, PROBES, type Probe } from './template.ts';

type Engine = ModelDeployment['spec']['engine'];

/** A template with what can be told from the rest of it. */
export function completed(template: PodTemplate): PodTemplate {
  const { containers, initContainers, ...spec } = template.spec ?? {};
  return {
    ...template,
    spec: {
      ...spec,
      ...(initContainers && { initContainers: initContainers.map(withLimits) }),
      ...(containers && { containers: containers.map(withLimits) }),
    },
  };
}

/**
 * Why no API server would take the pods of a template, or nobody would get an answer of them: a sentence without a full
 * stop. The schema says what it can; this is what is there once templates are merged, and what one field says of another.
 */
export function podProblem(template: PodTemplate, engine: Engine, published: Published): string | undefined {
  const spec = template.spec ?? {};
  const { containers = [], initContainers = [], volumes = [] } = spec;
  return (
    first([...containers, ...initContainers].map(imageProblem)) ??
    duplicateProblem(containers, initContainers) ??
    mountsProblem(spec) ??
    graceProblem(template) ??
    first([...containers, ...initContainers].map((one) => within(one, containerProblem(one)))) ??
    first(initContainers.map((one) => within(one, initProblem(one)))) ??
    first(containers.map((one) => within(one, lonelyProblem(one)))) ??
    claimsProblem(spec) ??
    sizeProblem(volumes) ??
    first(volumes.map(filesProblem)) ??
    namesProblem(template) ??
    listeningProblem(template, engine, published)
  );
}

const within = ({ name }: Container, problem: string | undefined): string | undefined =>
  problem && `container ${name}: ${problem}`;

function imageProblem({ name, image }: Container): string | undefined {
  if (image === undefined)
    return `container ${name} has no image; ${name === ENGINE ? 'set model, or name an image in template' : 'name one in template'}`;
  return /\s/.test(image)
    ? `container ${name}: image is ${JSON.stringify(image)}, and a name has no blanks; remove them`
    : undefined;
}

function duplicateProblem(containers: readonly Container[], initContainers: readonly Container[]): string | undefined {
  const twice = initContainers.find(({ name }) => containers.some((one) => one.name === name));
  return twice && `containers and initContainers both have ${twice.name}; give one of them another name`;
}

function mountsProblem({ containers = [], initContainers = [], volumes = [] }: PodSpec): string | undefined {
  const known = new Set(volumes.map(({ name }) => name));
  const mounts = [...containers, ...initContainers].flatMap(({ volumeMounts = [] }) => volumeMounts);
  const unknown = mounts.find(({ name }) => !known.has(name));
  if (unknown !== undefined)
    return `volume ${unknown.name} is mounted at ${unknown.mountPath}, and template.spec.volumes does not have it; add it there, or remove the mount`;
  const odd = mounts.find(({ mountPath }) => mountPath.includes(':'));
  if (odd !== undefined) return `volume ${odd.name} is mounted at ${odd.mountPath}, and a path has no colon; remove it`;
  const both = mounts.find(({ subPath = '', subPathExpr = '' }) => subPath !== '' && subPathExpr !== '');
  if (both !== undefined) return `volume ${both.name} is mounted with subPath and subPathExpr; keep one of them`;
  const outside = mounts.find(({ subPath = '' }) => subPath.startsWith('/') || subPath.split('/').includes('..'));
  return (
    outside &&
    `volume ${outside.name} is mounted with subPath ${outside.subPath}, which leaves the volume; give a path below it`
  );
}

/** Files of a volume are below it. */
function filesProblem({
  name,
  configMap,
  secret,
  downwardAPI,
  projected,
}: NonNullable<PodSpec['volumes']>[number]): string | undefined {
  const sources = [configMap, secret, downwardAPI].concat(
    ...(projected?.sources ?? []).map((one) => [one.configMap, one.secret, one.downwardAPI]),
  );
  const files = sources.flatMap((source) => source?.items ?? []);
  const outside = files.find(({ path }) => path === '' || path.startsWith('/') || path.split('/').includes('..'));
  return (
    outside &&
    `volume ${name} has a file at ${JSON.stringify(outside.path)}, which leaves it; give a path below the volume`
  );
}

function graceProblem(template: PodTemplate): string | undefined {
  const sleeps = engineIn(template)?.lifecycle?.preStop?.sleep?.seconds ?? 0;
  const grace = template.spec?.terminationGracePeriodSeconds ?? 0;
  return sleeps > grace
    ? `terminationGracePeriodSeconds ${grace} ends before the ${sleeps} s that container ${ENGINE} sleeps in lifecycle.preStop; give more, or a shorter sleep`
    : undefined;
}

function containerProblem(container: Container): string | undefined {
  const { command = [], env = [], envFrom = [], lifecycle = {}, resources = {}, securityContext } = container;
  return (
    oneWordProblem(command) ??
    first(env.map(variableProblem)) ??
    first(envFrom.map((source, index) => oneOf(source, ['secretRef', 'configMapRef'], `envFrom[${index}]`))) ??
    first(ASKED.map((name) => container[name] && probeProblem(container[name], name, container))) ??
    first((['postStart', 'preStop'] as const).map((name) => hookProblem(lifecycle[name], name))) ??
    resourcesProblem(resources, 'resources') ??
    (securityContext?.runAsNonRoot === true && securityContext.runAsUser === 0
      ? 'securityContext has runAsNonRoot true and runAsUser 0, which is root; remove one of them'
      : undefined)
  );
}

/** A command is a file, and a line of a shell is none. */
const oneWordProblem = ([program = '']: readonly string[]): string | undefined =>
  /^\S+\s+\S/.test(program)
    ? `command begins with ${JSON.stringify(program)} as one word; write each word as one of the list, or give a shell the line`
    : undefined;

/** In this order, because a startup probe may have its handler from one of the others. */
const ASKED = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const;

type Variable = NonNullable<Container['env']>[number];

const SOURCES = ['secretKeyRef', 'configMapKeyRef', 'fieldRef', 'resourceFieldRef'] as const;

/** Fields of a pod that a variable may have. */
const POD_FIELD =
  /^(metadata\.(name|namespace|uid|(labels|annotations)\['.+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/;

function variableProblem({ name, value, valueFrom }: Variable): string | undefined {
  if (name.includes('=')) return `env ${name} has an equals sign in its name; give its value in value`;
  if (valueFrom === undefined) return undefined;
  if (value !== undefined && value !== '') return `env ${name} has value and valueFrom; keep one of them`;
  const path = valueFrom.fieldRef?.fieldPath;
  return (
    oneOf(valueFrom, SOURCES, `env ${name} valueFrom`) ??
    (path !== undefined && !POD_FIELD.test(path)
      ? `env ${name} valueFrom.fieldRef has ${path}, which no variable can have; there are metadata.name, status.podIP and the like`
      : undefined)
  );
}

/** A union, of which exactly one member is set. */
function oneOf(union: object, members: readonly string[], path: string): string | undefined {
  const set = members.filter((member) => (union as Record<string, unknown>)[member] !== undefined);
  if (set.length === 1) return undefined;
  return set.length === 0
    ? `${path} is empty; give one of ${members.join(', ')}`
    : `${path} has ${set.join(' and ')}; keep one of them`;
}

function probeProblem(probe: Probe, name: (typeof PROBES)[number], { ports = [] }: Container): string | undefined {
  const handlers = HANDLERS.filter((handler) => probe[handler] !== undefined);
  if (handlers.length === 0) return `${name} asks nobody; give one of ${HANDLERS.join(', ')}, or remove it`;
  if (handlers.length > 1) return `${name} has ${handlers.join(' and ')}; keep one of them`;
  if (name !== 'readinessProbe' && (probe.successThreshold ?? 1) !== 1)
    return `${name}.successThreshold is ${probe.successThreshold}, and must be 1; remove it`;
  if (name === 'readinessProbe' && probe.terminationGracePeriodSeconds !== undefined)
    return `${name}.terminationGracePeriodSeconds is ${probe.terminationGracePeriodSeconds}, and readiness ends no container; remove it`;
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
  return portProblem(port, ports, name) ?? commandProblem(probe.exec?.command, `${name}.exec`);
}

function portProblem(
  port: string | number | undefined,
  ports: NonNullable<Container['ports']>,
  where: string,
): string | undefined {
  if (port === undefined) return undefined;
  if (typeof port === 'number')
    return port >= 1 && port <= 65535 ? undefined : `${where} asks port ${port}; give one from 1 to 65535`;
  return ports.some(({ name }) => name === port)
    ? undefined
    : `${where} asks port ${JSON.stringify(port)}, which the container's ports do not have; name it there, or give its number`;
}

const commandProblem = (command: readonly string[] | undefined, where: string): string | undefined =>
  command?.length === 0 ? `${where} has no command; give one` : undefined;

const HOOKS = ['sleep', 'exec', 'httpGet'] as const;

type Hook = NonNullable<Container['lifecycle']>['preStop'];

const hookProblem = (hook: Hook, name: string): string | undefined =>
  hook && (oneOf(hook, HOOKS, `lifecycle.${name}`) ?? commandProblem(hook.exec?.command, `lifecycle.${name}.exec`));

/** What runs to its end before the engine starts is asked nothing. */
function initProblem(container: Container): string | undefined {
  if (container.restartPolicy === 'Always') return undefined;
  const asked = [...PROBES, 'lifecycle' as const].find((name) => container[name] !== undefined);
  return (
    asked && `initContainers end before others start, and have no ${asked}; remove it, or set restartPolicy Always`
  );
}

const lonelyProblem = ({ restartPolicy }: Container): string | undefined =>
  restartPolicy && 'restartPolicy makes a sidecar of an init container, and this is none; remove it';

function claimsProblem({ containers = [], initContainers = [], resourceClaims = [] }: PodSpec): string | undefined {
  const both = ['resourceClaimName', 'resourceClaimTemplateName'];
  const odd = first(resourceClaims.map((claim) => oneOf(claim, both, `resourceClaims ${claim.name}`)));
  if (odd !== undefined) return odd;
  const known = new Set(resourceClaims.map(({ name }) => name));
  const used = [...containers, ...initContainers].flatMap(({ resources }) => resources?.claims ?? []);
  const unknown = used.find(({ name }) => !known.has(name));
  return (
    unknown &&
    `resources.claims has ${unknown.name}, and template.spec.resourceClaims does not; add it there, or remove it`
  );
}

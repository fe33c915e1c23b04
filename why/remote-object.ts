import { poolLabels } from '../functions/compose-model-deployment/engine/workload.ts';
import { fillProblems, isOfCache } from '../functions/compose-model-deployment/files/cache-ready.ts';
import { isData } from '../functions/compose-model-deployment/files/secrets.ts';
import { dataProblems } from '../functions/compose-model-deployment/files/secrets-ready.ts';
import { healthOf, isTaken, neededEngines, parentProblems } from '../functions/compose-model-deployment/health.ts';
import type { ObservedObject, ObservedSite } from '../functions/compose-model-deployment/observed.ts';
import { pickerLabels } from '../functions/compose-model-deployment/picker/picker.ts';
import { engineProblems, isStuck, pickerProblems } from '../functions/compose-model-deployment/pods.ts';
import { namespaceAt, pickerName, poolName, type Site } from '../functions/compose-model-deployment/site.ts';
import { describeCommand, kubectl, leaf, type Node, type Problem, type Thing } from './node.ts';

/** Who is looked at first: what others stand on, and then the way of a request. */
const TURNS: readonly string[] = ['Namespace', 'picker', 'files', 'engines', 'InferencePool', 'HTTPRoute'];

const turnOf = (site: Site, object: ObservedObject): number => {
  const { kind, name } = object;
  const isFile = isData(object) || isOfCache(object);
  const what = isPicker(site, kind, name)
    ? 'picker'
    : isEngines(site, kind, name)
      ? 'engines'
      : isFile
        ? 'files'
        : kind;
  const turn = TURNS.indexOf(what);
  return turn === -1 ? TURNS.length : turn;
};

export const byTurn = (site: Site) => (a: ObservedObject, b: ObservedObject) => turnOf(site, a) - turnOf(site, b);

const isPicker = (site: Site, kind: string, name: string): boolean =>
  kind === 'Deployment' && name === pickerName(site);
const isEngines = (site: Site, kind: string, name: string): boolean => kind === 'Deployment' && name === poolName(site);

/** What was made in an inference cluster. While that cannot be reached, nobody knows more than what was. */
export function objectNode(observed: ObservedSite, object: ObservedObject, isReached: boolean): Node {
  const { site } = observed;
  const { kind, name, ready } = object;
  const { apiVersion = '', metadata } = manifestOf(object);
  const thing = {
    apiVersion,
    kind,
    name,
    ...(metadata?.namespace !== undefined && { namespace: metadata.namespace }),
    cluster: site.cluster,
  };
  if (!isReached) return leaf(thing, ready ? 'Impaired' : 'Unseen', undefined, 'as last seen');
  const problem = problemOf(observed, object, thing);
  if (problem === undefined) return leaf(thing, 'Serves');
  return leaf(thing, isServing(observed, object) ? 'Impaired' : 'Fails', problem);
}

/** Whether requests are answered although an object is not as it should be. What engines load matters until they run. */
function isServing(observed: ObservedSite, object: ObservedObject): boolean {
  if (isData(object) || isOfCache(object)) return healthOf(observed).usable;
  if (object.kind !== 'Deployment') return !NEEDED.includes(object.kind);
  return Number(object.seen?.status?.availableReplicas ?? 0) > 0;
}

/** Without these no request is answered; what is beside them decides how soon. */
const NEEDED: readonly string[] = ['Namespace', 'InferencePool', 'HTTPRoute'];

interface WithManifest {
  readonly spec?: {
    readonly forProvider?: { readonly manifest?: { apiVersion?: string; metadata?: { namespace?: string } } };
  };
}

const manifestOf = ({ resource }: ObservedObject) => (resource as WithManifest).spec?.forProvider?.manifest ?? {};

/** What keeps an object from being as it should: nobody has made it, or it does not do what it is for. */
function problemOf(observed: ObservedSite, object: ObservedObject, thing: Thing): Problem | undefined {
  if (isData(object) || isOfCache(object)) return fileProblem(observed, object, thing);
  return unmade(object) ?? deedProblem(observed, object, thing);
}

/** The Object of provider-kubernetes that it was made by. */
const makerOf = ({ resource }: ObservedObject): Thing => ({
  kind: 'Object',
  ...(resource.metadata?.namespace !== undefined && { namespace: resource.metadata.namespace }),
  name: resource.metadata?.name ?? '',
});

function unmade(object: ObservedObject): Problem | undefined {
  const command = describeCommand(makerOf(object));
  if (object.error !== undefined)
    return { reason: 'NotApplied', message: `${object.error.replace(/\.$/, '')}.`, command };
  return object.seen === undefined
    ? { reason: 'NotCreated', message: 'provider-kubernetes has not made it there yet.', command }
    : undefined;
}

/** Of what engines load before they start. */
function fileProblem(observed: ObservedSite, object: ObservedObject, thing: Thing): Problem | undefined {
  const [secret] = isData(object) ? dataProblems(object) : [];
  if (secret !== undefined)
    return { reason: 'SecretNotBrought', message: secret, command: describeCommand(makerOf(object)) };
  if (isData(object)) return undefined;
  const message = fillProblems(observed, healthOf(observed).usable).filter(isNoCommand).join(' ');
  return message === '' ? undefined : { reason: 'VolumeNotFilled', message, command: describeCommand(thing) };
}

function deedProblem(observed: ObservedSite, object: ObservedObject, thing: Thing): Problem | undefined {
  const { site } = observed;
  const { kind, name, seen, ready } = object;
  if (isEngines(site, kind, name))
    return deploymentProblem(site, object, engineProblems(site, seen, neededEngines(observed)), 'Engines');
  if (isPicker(site, kind, name)) return deploymentProblem(site, object, pickerProblems(site, seen), 'Picker');
  const command = describeCommand(thing);
  const refused = isWay(object) ? parentProblems(object, observed.objects.some(isTaken)) : [];
  if (refused.length > 0) return { reason: 'NotTaken', message: refused.join(' '), command };
  return ready ? undefined : { reason: 'NotReady', message: 'It is not ready.', command };
}

const isWay = ({ kind }: ObservedObject): boolean => kind === 'InferencePool' || kind === 'HTTPRoute';

/** What a Deployment of pods lacks, and the command that shows why: what else its function's sentences name as one is that. */
function deploymentProblem(
  site: Site,
  { seen }: ObservedObject,
  problems: readonly string[],
  what: 'Engines' | 'Picker',
): Problem | undefined {
  if (problems.length === 0) return undefined;
  const sentences = problems.filter(isNoCommand).join(' ');
  const labels = Object.entries(what === 'Engines' ? poolLabels(site) : pickerLabels(site));
  const pods = `--namespace=${namespaceAt(site)} --selector=${labels.map((pair) => pair.join('=')).join(',')}`;
  const failure = (seen?.status?.conditions as { type: string; status: string }[] | undefined)?.some(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  if (failure)
    return {
      reason: 'ReplicaFailure',
      message: sentences,
      command: /quota/.test(sentences)
        ? kubectl(`describe resourcequotas --namespace=${namespaceAt(site)}`, site.cluster)
        : kubectl(`describe replicasets ${pods}`, site.cluster),
    };
  // Only a picker's own log says what it does not like of its configuration.
  const verb = what === 'Picker' && isStuck(seen) ? 'logs' : 'describe pods';
  return {
    reason: isStuck(seen) ? 'ProgressDeadlineExceeded' : `${what}NotAvailable`,
    message: sentences,
    command: kubectl(`${verb} ${pods}`, site.cluster),
  };
}

/** A command has a place of its own here. */
const isNoCommand = (text: string): boolean => !text.startsWith('kubectl ');

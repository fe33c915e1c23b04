import { runOf } from './command-line.ts';
import { first } from './resources.ts';
import type { Container, PodTemplate } from './template.ts';

/** Why an option of several nodes is not for here. */
export const FOR_SEVERAL =
  'for an engine on several nodes, and a replica is one pod; choose GPUs that one node has, and remove it';

/** Why a replica would wait for others. */
export const clusterProblem = ({ spec }: PodTemplate): string | undefined =>
  first([...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(workerProblem));

/** Scripts of vLLM's for several nodes. */
const FOR_NODES = /multi-node-serving\.sh$|run_cluster\.sh$/;

/** Options of all engines' that say how many nodes there are, and which one this is. */
const OF_NODES = /^--?(nnodes|hostfile|num[-_]nodes|node[-_]rank|ray[-_](cluster[-_]size|address))(=|$)/;

/** What a LeaderWorkerSet tells its pods, as a variable or a label. */
const OF_A_GROUP = /LWS_(LEADER_ADDRESS|GROUP_SIZE|WORKER_INDEX)|leaderworkerset\./;

/** A pod of several that serve together waits for the others, or for a head that there is not. */
function workerProblem(container: Container): string | undefined {
  const { words } = runOf(container);
  const fields = (container.env ?? []).map(({ valueFrom }) => valueFrom?.fieldRef?.fieldPath ?? '');
  const joins =
    words.some((word, index) => word === 'ray' && words[index + 1] === 'start') &&
    words.some((word) => word.startsWith('--address'));
  const belongs = [...words, ...fields].some((word) => FOR_NODES.test(word) || OF_A_GROUP.test(word));
  const told = words.find((word, index) => OF_NODES.test(word) && !isOne(word, words[index + 1]));
  if (told !== undefined) return `container ${container.name}: args has ${told.split('=')[0]}, ${FOR_SEVERAL}`;
  return joins || belongs
    ? `container ${container.name} joins a cluster of several nodes, and a replica is one pod, which serves by itself; use GPUs that one node has, and remove what joins`
    : undefined;
}

/** One node of one, which is the first: whose scripts are for any number say so. */
const isOne = (option: string, next = ''): boolean => {
  const value = option.includes('=') ? option.replace(/^[^=]*=/, '') : next;
  return /node[-_]rank/.test(option) ? value === '0' : value === '1';
};

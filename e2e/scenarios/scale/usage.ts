import { readdir, readFile } from 'node:fs/promises';
import { processes } from '../world.ts';

/** What the processes of one program have used. */
interface Usage {
  readonly processes: number;
  /** Of one core, since the processes' start. */
  readonly cpuSeconds: number;
  readonly memoryMiB: number;
}

/** By program: `control-plane-etcd`, `compose-model-service`, `traefik`. */
export type Usages = Readonly<Record<string, Usage>>;

/** Of every process of the control plane and of the inference clusters, as the kernel counts it. */
export async function usages(): Promise<Usages> {
  const named = new Map((await processes.list()).map(({ name, pid }) => [pid, name]));
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const all: Record<string, Usage> = {};
  for (const pid of pids) {
    const name = named.get(pid) ?? (await programOfPod(pid));
    const used = name && (await usageOf(pid));
    if (used) all[name] = all[name] ? add(all[name], used) : used;
  }
  return all;
}

const add = (one: Usage, other: Usage): Usage => ({
  processes: one.processes + other.processes,
  cpuSeconds: one.cpuSeconds + other.cpuSeconds,
  memoryMiB: one.memoryMiB + other.memoryMiB,
});

/** A container's process knows its pod by its host's name. */
async function programOfPod(pid: number): Promise<string | undefined> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const isPod = environment.includes('KUBERNETES_SERVICE_HOST=');
  const host = environment.split('\0').find((variable) => variable.startsWith('HOSTNAME='));
  return isPod && host ? programOf(host.slice('HOSTNAME='.length)) : undefined;
}

/** Without what the revision of a package, a ReplicaSet and a pod add to a Deployment's name. */
const programOf = (pod: string): string => pod.replace(/-[0-9a-f]{12}-.*$|-[a-z0-9]{6,10}-[a-z0-9]{5}$/, '');

/** The kernel counts in hundredths of a second, on every architecture that this runs on. */
const TICKS_PER_SECOND = 100;

async function usageOf(pid: number): Promise<Usage | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  // After the name, which may contain anything: field 3 is the first, 14 and 15 are the times of user and kernel.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields) return undefined;
  return {
    processes: 1,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    memoryMiB: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024,
  };
}

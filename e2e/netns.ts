import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { promisify } from 'node:util';
import { Problem } from '../tools/problem.ts';

const run = promisify(execFile);

/** The machine as its own control plane sees it: what listens on all addresses is reached here. */
export const HOST_ADDRESS = '10.90.0.1';

/** Addresses of mocks, load balancers, inference clusters' Services and kwok's pods: all of them are this machine. */
const LOCAL_NETWORKS = ['10.90.0.0/16', '10.92.0.0/16', '10.244.0.0/16'];
const LOCAL_NETWORK_6 = 'fd90::/16';

/** A kernel without IPv6 can run everything but what an example says of it. */
export const hasIPv6 = (): boolean => existsSync('/proc/net/if_inet6');

/** A program's own network, mounts and processes: the kernel ends all of them when the first of them ends. */
const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

const AS_ROOT: readonly string[] = [];
const AS_USER: readonly string[] = ['--user', '--map-root-user'];

/** The arguments that make `unshare` start a command in namespaces of its own: as root, or by a user namespace. */
export async function unshareArguments(): Promise<string[]> {
  await requireCommands(['unshare', 'nsenter', 'ip', 'mount', 'tar', 'flock']);
  for (const identity of process.getuid?.() === 0 ? [AS_ROOT, AS_USER] : [AS_USER]) {
    const args = [...identity, ...NAMESPACES];
    if (await succeeds('unshare', [...args, 'ip', 'link', 'set', 'lo', 'up'])) return args;
  }
  throw new Problem(
    'cannot make a network namespace: run this as root (CAP_SYS_ADMIN), or let users make namespaces: ' +
      'sysctl user.max_user_namespaces above 0, and kernel.apparmor_restrict_unprivileged_userns=0 where it exists.',
  );
}

/** The arguments that make `nsenter` run a command inside the namespaces of a process. */
export const nsenterArguments = (pid: number, unshared: readonly string[]): string[] => [
  `--target=${pid}`,
  ...(unshared.includes('--user') ? ['--user', '--preserve-credentials'] : []),
  ...['--net', '--mount', '--pid', '--'],
];

async function requireCommands(names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (await succeeds('sh', ['-c', `command -v ${name}`])) continue;
    const packages = name === 'ip' ? 'iproute2' : name === 'tar' ? 'tar' : 'util-linux and mount';
    throw new Problem(`${name} is not on the PATH: install it (Debian: apt-get install ${packages}).`);
  }
}

const succeeds = (command: string, args: readonly string[]): Promise<boolean> =>
  run(command, args).then(
    () => true,
    () => false,
  );

/** Inside the namespaces: names, the addresses to listen at, and a /run of its own that nobody else sees. */
export async function setUpNetwork(hostsFile: string, addresses: readonly string[]): Promise<void> {
  await run('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  await run('mount', ['--bind', hostsFile, '/etc/hosts']);
  await ip([
    'link set lo up',
    `addr add ${HOST_ADDRESS}/32 dev lo`,
    ...LOCAL_NETWORKS.map((network) => `route add local ${network} dev lo`),
    ...(hasIPv6() ? [`route add local ${LOCAL_NETWORK_6} dev lo`, ...addresses.filter(isIPv6).map(onLoopback)] : []),
  ]);
  // Pods reach each other through this machine.
  await run('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
}

/** A route is enough to answer at an IPv4 address, but not at an IPv6 one. */
const onLoopback = (address: string): string => `addr add ${address}/128 dev lo nodad`;

export interface PodNetwork {
  readonly name: string;
  readonly address: string;
}

/** The address that belongs to a pod's number, whether there is a network behind it or not. */
export const podAddress = (index: number): string => `10.91.${index >> 8}.${index & 255}`;

/** A network for one pod: a cable to this machine, which every other address is behind. */
export async function addPodNetwork(index: number): Promise<PodNetwork> {
  const name = `pod${index}`;
  const address = podAddress(index);
  const address6 = `fd91::${index.toString(16)}`;
  await ip([
    `netns add ${name}`,
    `link add name ${name} type veth peer name eth0 netns ${name}`,
    `link set ${name} up`,
    `route add ${address}/32 dev ${name}`,
    ...(hasIPv6() ? [`addr add fe80::1/64 dev ${name} nodad`, `route add ${address6}/128 dev ${name}`] : []),
  ]);
  await ip(
    [
      'link set lo up',
      'link set eth0 up',
      `addr add ${address}/32 dev eth0`,
      `route add default via ${HOST_ADDRESS} dev eth0 onlink`,
      ...(hasIPv6() ? [`addr add ${address6}/128 dev eth0 nodad`, 'route add default via fe80::1 dev eth0'] : []),
    ],
    name,
  );
  return { name, address };
}

/** The cable goes with the namespace. */
export const removePodNetwork = ({ name }: PodNetwork): Promise<void> => ip([`netns delete ${name}`]);

async function ip(commands: readonly string[], namespace?: string): Promise<void> {
  const args = [...(namespace ? ['-n', namespace] : []), '-batch', '-'];
  const child = spawn('ip', args, { stdio: ['pipe', 'inherit', 'pipe'] });
  child.stdin.end(`${commands.join('\n')}\n`);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

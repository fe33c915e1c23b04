import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { V1Container, V1Probe } from '@kubernetes/client-node';
import { isServing } from './probe-grpc.ts';

/** Kubernetes' own defaults. */
const DEFAULTS = { periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3, successThreshold: 1 };

/** While a probe fails it is tried this often, so that nobody waits for a period to pass. */
const FIRST_PERIOD_MS = 250;

export interface ProbeTarget {
  readonly address: string;
  readonly container: V1Container;
  /** False once the container is gone, which ends the probing. */
  isRunning(): boolean;
}

/** Probes a container for as long as it runs: first startup, then readiness and liveness, as a kubelet does. */
export async function probe(target: ProbeTarget, ready: (isReady: boolean) => void, dead: () => void): Promise<void> {
  const { startupProbe, readinessProbe, livenessProbe } = target.container;
  if (startupProbe && !(await succeedsInTime(target, startupProbe))) return dead();
  if (!readinessProbe) ready(true);
  await Promise.all([
    readinessProbe && repeat(target, readinessProbe, ready),
    livenessProbe && repeat(target, livenessProbe, (isAlive) => isAlive || dead(), true),
  ]);
}

async function succeedsInTime(target: ProbeTarget, probe: V1Probe): Promise<boolean> {
  const { periodSeconds, failureThreshold } = { ...DEFAULTS, ...probe };
  const deadline = Date.now() + ((probe.initialDelaySeconds ?? 0) + periodSeconds * failureThreshold) * 1000;
  while (target.isRunning() && Date.now() < deadline) {
    if (await probeOnce(target, probe)) return true;
    await delay(FIRST_PERIOD_MS);
  }
  return false;
}

/** Reports each change of the verdict, which is `assumed` at first. */
async function repeat(
  target: ProbeTarget,
  probe: V1Probe,
  report: (verdict: boolean) => void,
  assumed = false,
): Promise<void> {
  const period = (probe.periodSeconds ?? DEFAULTS.periodSeconds) * 1000;
  let judgement: Judgement = { verdict: assumed, streak: 0 };
  await delay((probe.initialDelaySeconds ?? 0) * 1000);
  while (target.isRunning()) {
    const before = judgement.verdict;
    judgement = judge(judgement, await probeOnce(target, probe), probe);
    if (judgement.verdict !== before && target.isRunning()) report(judgement.verdict);
    await delay(judgement.verdict ? period : Math.min(period, FIRST_PERIOD_MS));
  }
}

interface Judgement {
  readonly verdict: boolean;
  /** How many answers in a row contradicted the verdict. */
  readonly streak: number;
}

function judge({ verdict, streak }: Judgement, answer: boolean, probe: V1Probe): Judgement {
  if (answer === verdict) return { verdict, streak: 0 };
  const { failureThreshold, successThreshold } = { ...DEFAULTS, ...probe };
  const threshold = answer ? successThreshold : failureThreshold;
  return streak + 1 >= threshold ? { verdict: answer, streak: 0 } : { verdict, streak: streak + 1 };
}

function probeOnce({ address, container }: ProbeTarget, probe: V1Probe): Promise<boolean> {
  const timeout = (probe.timeoutSeconds ?? DEFAULTS.timeoutSeconds) * 1000;
  const { httpGet, tcpSocket, grpc } = probe;
  if (httpGet) {
    const { path = '/', scheme = 'HTTP', httpHeaders = [] } = httpGet;
    const port = portOf(container, httpGet.port);
    const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
    return getSucceeds({ scheme, host: httpGet.host ?? address, port, path, headers, timeout });
  }
  if (tcpSocket) return connects(tcpSocket.host ?? address, portOf(container, tcpSocket.port), timeout);
  if (grpc) return isServing(address, grpc.port, grpc.service ?? '', timeout);
  throw new Error(`container ${container.name} has a probe by exec, which is not supported here`);
}

function portOf(container: V1Container, port: number | string): number {
  if (!Number.isNaN(Number(port))) return Number(port);
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  if (named === undefined) throw new Error(`container ${container.name} has no port called ${port}`);
  return named;
}

interface Get {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly timeout: number;
}

const getSucceeds = ({ scheme, ...options }: Get): Promise<boolean> =>
  new Promise((resolve) => {
    // A kubelet does not verify the certificate of what it probes.
    const send = scheme === 'HTTPS' ? https : http;
    const req = send({ ...options, agent: false, rejectUnauthorized: false }, ({ statusCode = 0 }) => {
      resolve(statusCode >= 200 && statusCode < 400);
      req.destroy();
    });
    req.once('timeout', () => req.destroy());
    req.once('error', () => resolve(false));
    req.once('close', () => resolve(false));
    req.end();
  });

const connects = (host: string, port: number, timeout: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout }, () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy());
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });

// The programs that are attacked, each as its manifest starts it but on loopback: what flags a program needs is said here alone.
import { join } from 'node:path';
import { mainScript } from '../program.ts';
import { unusedPort } from '../probe/loopback.ts';
import { startAttacked } from './attacked-program.ts';
import type { Target } from './attack-group.ts';
import { allowanceIn } from './manifest-limits.ts';

export const ownNode = 'node-1';
/** The plan's peers listen at this address; an agent that is told which addresses are servers' is told this range. */
export const peerAddress = '127.0.0.1';
const anyPort = '127.0.0.1:0';

/** Speaks the line protocol. */
export interface LineTarget extends Target {
  readonly port: number;
}

/** Speaks HTTP. */
export interface HttpTarget extends Target {
  readonly http: number;
  /** What it wants to be called. */
  readonly host: string;
  /** Of its largest answers. */
  readonly paths: readonly string[];
}

export async function startMeshServer(): Promise<LineTarget & HttpTarget> {
  const program = startAttacked(
    [mainScript, 'mesh', 'server', '--node', ownNode, '--port', '0', '--listen', anyPort],
    allowanceIn('mesh/base/server.yaml'),
  );
  const [, port, http] = await program.hasSaid(
    /Answers probes on \S+:([0-9]+), and metrics on \S+:([0-9]+)\./,
  );
  return { program, port: Number(port), ...listener(Number(http), ['/metrics']) };
}

/** @param peerPort Where its peers are in every honest plan, at `peerAddress`. */
export async function startAgent(
  coordinator: string,
  peerPort: number,
  planFile?: string,
): Promise<HttpTarget> {
  const program = startAttacked(
    [
      ...[mainScript, 'mesh', 'agent', '--node', ownNode, '--coordinator', coordinator, '--listen', anyPort],
      // Shorter than in a cluster, so that there is more of everything; and all the series that it can have.
      ...['--period', '100ms', '--timeout', '300ms', '--hold', '300ms', '--pair-series'],
      ...['--target-ranges', `${peerAddress}/32`, '--target-ports', String(peerPort)],
      ...(planFile === undefined ? [] : ['--plan-file', planFile]),
    ],
    allowanceIn('mesh/base/agent.yaml'),
  );
  const [, http] = await program.hasSaid(/Metrics on \S+:([0-9]+);/);
  return { program, ...listener(Number(http), ['/metrics']) };
}

export async function startCoordinator(api: string): Promise<HttpTarget> {
  const program = startAttacked(
    [
      ...[mainScript, 'mesh', 'coordinator', '--api-server', api, '--listen', anyPort, '--settle', '50ms'],
      // The agents here are no pods.
      '--no-agent-authentication',
    ],
    allowanceIn('mesh/base/coordinator.yaml'),
  );
  const [, http] = await program.hasSaid(/Serves plans on \S+:([0-9]+);/);
  const paths = ['/v1/coverage', '/metrics', `/v1/plan/${ownNode}`];
  return { program, ...listener(Number(http), paths) };
}

export async function startProbeServer(): Promise<LineTarget> {
  const port = await unusedPort();
  const program = startAttacked(
    [mainScript, 'server', '--host', '127.0.0.1', '--port', String(port)],
    allowanceIn('base/server.yaml'),
  );
  await program.hasSaid(/Server started/);
  return { program, port };
}

/** Its events are on stdout. */
export async function startProbeClient(port: number): Promise<Target> {
  const program = startAttacked(
    [
      ...[mainScript, 'client', '--host', '127.0.0.1', '--port', String(port)],
      ...['--period', '100ms', '--timeout', '300ms', '--events', '-'],
    ],
    allowanceIn('base/co-located-client.yaml'),
  );
  await program.hasSaid(/"connected"/);
  return { program };
}

/** No manifest runs it: the limit is what a run's page may take beside the run. */
const livePageAllowance = { limitBytes: 256 * 2 ** 20, environment: {} };

export interface LivePageTarget extends HttpTarget {
  readonly url: string;
}

export async function startLivePage(): Promise<LivePageTarget> {
  const program = startAttacked([join(import.meta.dirname, 'live-page-process.ts')], livePageAllowance);
  const [, url = ''] = await program.hasSaid(/Live: (\S+)/);
  const { port, host, pathname } = new URL(url);
  return { program, url, http: Number(port), host, paths: [pathname, `${pathname}events`] };
}

const listener = (http: number, paths: readonly string[]) => ({
  health: http,
  http,
  host: `127.0.0.1:${http}`,
  paths,
});

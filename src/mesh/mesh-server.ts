// The mesh's server: the experiment's own, which also says on which node it is, and counts.
import type { Endpoint } from '../model/endpoint.ts';
import { createServerMetrics } from '../metrics/server-metrics.ts';
import { startServer } from '../probe/server.ts';
import type { Surroundings } from '../probe/surroundings.ts';
import { farewell, greeting } from './announcements.ts';
import { startHttp } from './http-listener.ts';

export interface MeshServerSettings {
  /** For probes. */
  readonly serve: Endpoint;
  /** For metrics and health. */
  readonly listen: Endpoint;
  /** Undefined when it is not to say where it is. */
  readonly node: string | undefined;
}

export interface MeshServer {
  /** `ADDRESS:PORT` */
  readonly local: string;
  readonly http: Endpoint;
  stop(): Promise<void>;
}

/** Longer than any agent's period: silence is the agent's to judge. */
const deadlineMs = 10 * 60_000;
const maxLine = 65_536;

/** Rejects with a Problem when it cannot listen. */
export async function startMeshServer(
  settings: MeshServerSettings,
  surroundings: Omit<Surroundings, 'report' | 'congested'>,
): Promise<MeshServer> {
  const metrics = createServerMetrics();
  let stopping = false;
  const http = await startHttp({
    listen: settings.listen,
    metrics,
    readiness: () => (stopping ? { ready: false, sentence: 'stopping' } : { ready: true, sentence: 'ok' }),
  });
  const server = await startServer(
    {
      listen: settings.serve,
      deadlineMs,
      maxLine,
      announcements: {
        farewell,
        ...(settings.node === undefined ? {} : { greeting: greeting(settings.node) }),
      },
      onAnswers: (lines) => metrics.lines(lines),
    },
    {
      ...surroundings,
      // What happens to each connection is the agents' to tell.
      log: () => undefined,
      report(event) {
        if (event.event === 'accepted') metrics.open(1);
        else if (event.event === 'ended') metrics.open(-1);
      },
      congested: () => false,
    },
  ).catch(async (error: unknown) => {
    await http.close();
    throw error;
  });
  return {
    local: server.local,
    http: http.local,
    async stop() {
      stopping = true;
      await server.stop();
      await http.close();
    },
  };
}

// The mesh's server: the experiment's own, which also says on which node it is, and counts.
import type { Endpoint } from '../model/endpoint.ts';
import { createServerMetrics } from '../metrics/server-metrics.ts';
import { turnedAwayReasons, type AdmissionLimits } from '../probe/admission.ts';
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
  /** A connection over which no line came for so long is closed; a new one has a quarter of it for its first. Milliseconds. */
  readonly idleMs?: number;
  readonly limits?: Partial<AdmissionLimits>;
}

export interface MeshServer {
  /** `ADDRESS:PORT` */
  readonly local: string;
  readonly http: Endpoint;
  stop(): Promise<void>;
}

/** An agent probes every 5 s unless it is told otherwise, for the first time as long after it connected. Silence is the agent's to judge. */
const usualIdleMs = 2 * 60_000;
/** An agent's question has 16. */
const maxLine = 256;
/**
 * Two connections of the own agent, one of each of some K others, and what the Service leads here: on average as many, after a rollout
 * many more. Of one agent K by the Service at most. With 3,000 taken by senders of a megabyte each who do not read, the most that was
 * measured is 210 MiB, of the 256 that its manifest allows.
 */
const usualLimits: AdmissionLimits = { connections: 4_096, connectionsPerAddress: 128, untaken: 64 };

/** Rejects with a Problem when it cannot listen. */
export async function startMeshServer(
  settings: MeshServerSettings,
  surroundings: Omit<Surroundings, 'report' | 'congested'>,
): Promise<MeshServer> {
  const { idleMs = usualIdleMs } = settings;
  const metrics = createServerMetrics(turnedAwayReasons);
  let stopping = false;
  const http = await startHttp({
    listen: settings.listen,
    metrics,
    readiness: () => (stopping ? { ready: false, sentence: 'stopping' } : { ready: true, sentence: 'ok' }),
    log: surroundings.log,
  });
  const server = await startServer(
    {
      listen: settings.serve,
      deadlineMs: idleMs,
      firstLineMs: idleMs / 4,
      maxLine,
      admission: { ...usualLimits, ...settings.limits, onTurnedAway: (why) => metrics.turnedAway(why) },
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

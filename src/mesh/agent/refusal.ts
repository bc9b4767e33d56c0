// What the agent does not take from others, and why; each is counted, and said now and then.
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { RefusalReason } from '../../model/mesh-plan.ts';
import { foreignText } from './foreign-text.ts';

/** The message goes on from "it" or names what was refused, without a full stop. */
export class Refusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.name = 'Refusal';
    this.reason = reason;
  }
}

/** Takes what was refused, counts it, and says it unless the like was said a short while ago. */
export type TellRefusal = (reason: RefusalReason, sentence: string) => void;

const sayEveryMs = 5 * 60_000;

/** @param count Called for each, said or not. */
export function createTellRefusal(
  nowMs: () => number,
  log: (message: string) => void,
  count: (reason: RefusalReason) => void,
): TellRefusal {
  const saidMs = new Map<RefusalReason, number>();
  return (reason, sentence) => {
    count(reason);
    const last = saidMs.get(reason);
    if (last !== undefined && nowMs() - last < sayEveryMs) return;
    saidMs.set(reason, nowMs());
    log(`${sentence} (said every 5 minutes at most)`);
  };
}

/** @param said The node that the server says it is on. */
export function strangerSentence(said: string, target: Endpoint): string {
  return `The server at ${formatEndpoint(target)} says that it is on node ${foreignText(said)}, which is not where the plan or the coordinator has it: its connections count as those of an unexpected server.`;
}

export function talkerSentence(target: Endpoint): string {
  return `The server at ${formatEndpoint(target)} says without end what nobody asked: the connection was ended; see what listens there.`;
}

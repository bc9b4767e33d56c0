// A name that leads nowhere is said in a sentence at once, after three tries with what to do, and then now and then: the log's own line
// is the same each second, and a resolver that does not answer leaves none at all for half a minute.
import type { Resolve } from './lookup.ts';
import type { Surroundings } from './surroundings.ts';

export interface NameWatch {
  readonly resolve: Resolve;
  /** Why not (an errno), when there were look-ups and none ever gave an address; else null. */
  neverFound(): string | null;
  stop(): void;
}

/** From here on a look-up takes long. */
const patienceMs = 2_000;
const sayEveryMs = 60_000;
/** One try may meet a resolver that restarts; so many in a row want somebody to look at the name. */
const triesToAdvise = 3;

/** @param resolve How names become addresses; the one that is returned does the same. */
export function watchName(resolve: Resolve, { clock, log }: Pick<Surroundings, 'clock' | 'log'>): NameWatch {
  let found = false;
  let reason: string | null = null;
  let saidMs = Number.NEGATIVE_INFINITY;
  let saidAs = '';
  /** In a row. */
  let triesInVain = 0;
  const timers = new Set<NodeJS.Timeout>();

  /** @param kind Another kind of trouble is news, whenever the last was said. */
  function say(kind: string, what: string): void {
    const now = clock.monotonic();
    if (kind === saidAs && now - saidMs < sayEveryMs) return;
    saidMs = now;
    saidAs = kind;
    log(`${what}; it is tried again as long as this runs, and said once a minute`);
  }

  function sayInVain(host: string, errno: string): void {
    if (triesInVain < triesToAdvise) {
      say(errno, `The name "${host}" could not be turned into an address: ${textFor(errno)}`);
      return;
    }
    const what = `The name "${host}" did not resolve in ${triesInVain} tries: ${textFor(errno)}`;
    say(`${errno} again`, `${what}; see what "getent hosts ${host}" says here`);
  }

  return {
    resolve(host, options, answer) {
      const slow = setTimeout(() => {
        timers.delete(slow);
        say('slow', `The resolver has not answered for ${patienceMs / 1_000} s when asked for "${host}"`);
      }, patienceMs);
      timers.add(slow);
      reason ??= 'no answer from the resolver';
      resolve(host, options, (error, addresses) => {
        clearTimeout(slow);
        timers.delete(slow);
        if (error === null && addresses.length > 0) {
          found = true;
          saidAs = '';
          triesInVain = 0;
        } else {
          reason = error?.code ?? 'ENOTFOUND';
          triesInVain += 1;
          sayInVain(host, reason);
        }
        answer(error, addresses);
      });
    },
    neverFound: () => (found ? null : reason),
    stop() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** The two that users meet differ in whom to ask: the one who typed the name, or the one who runs the resolver. */
function textFor(errno: string): string {
  if (errno === 'ENOTFOUND') return 'the resolver knows no such host (ENOTFOUND)';
  if (errno === 'EAI_AGAIN') return 'the resolver gave no answer (EAI_AGAIN)';
  return errno;
}

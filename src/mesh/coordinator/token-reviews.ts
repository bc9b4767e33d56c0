// Asks the API whose tokens are, for thousands of agents, without asking it for each of their questions: what it said is kept for a
// while, few questions are under way at a time, and whoever brings tokens that are no good is asked for no more of them.
import { ApiFailure } from '../../kubernetes/api-failure.ts';
import type { TokenReview } from '../../kubernetes/token-review.ts';

/** What the API says of the token now, or said not long ago; else why it cannot be had. */
type Reviewed = TokenReview | { readonly authenticated: null; readonly because: 'api-away' | 'too-many' };

export interface TokenReviews {
  /**
   * @param expires Of the token, seconds since 1970.
   * @param address The client's.
   */
  of(token: string, expires: number, address: string): Promise<Reviewed>;
}

export interface ReviewSurroundings {
  /** Rejects with an ApiFailure. */
  readonly review: (token: string) => Promise<TokenReview>;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970: tokens expire by it. */
  readonly dateMs: () => number;
  /** Numbers in [0, 1): agents that came together shall not be asked for together again. */
  readonly random: () => number;
  /** The API does not review; or does again (null). */
  readonly onAway: (failure: ApiFailure | null) => void;
}

interface Kept {
  readonly review: TokenReview;
  readonly freshUntilMs: number;
  /** Of the token, milliseconds since 1970. */
  readonly expiresMs: number;
}

/** A pod that was deleted is believed for so long; its token ends a little later anyway. */
const goodMs = 5 * 60_000;
const badMs = 10_000;
/** Tokens of twice as many agents as anybody measured. */
const mostKept = 10_000;
const mostUnderWay = 8;
const mostWaiting = 10_000;
const mostWaitingPerAddress = 16;
/** So many tokens of one address may be no good within a while. */
const mostBadPerAddress = 5;
const badWhileMs = 10_000;
const mostAddresses = 10_000;
/** After a failure of the API. */
const pauseMs = 2_000;

export function createTokenReviews(surroundings: ReviewSurroundings): TokenReviews {
  const { review, nowMs, dateMs, random, onAway } = surroundings;
  /** By the token's hash: who reads our memory finds no token. Least recently made first. */
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<Reviewed>>();
  const waiting: (() => void)[] = [];
  const waitingOf = new Map<string, number>();
  const badOf = new Map<string, { count: number; readonly sinceMs: number }>();
  let running = 0;
  let awayUntilMs = Number.NEGATIVE_INFINITY;
  let away = false;

  async function ask(key: string, token: string, expiresMs: number, address: string): Promise<Reviewed> {
    if (running < mostUnderWay) running += 1;
    else await turn(address);
    try {
      if (awayUntilMs > nowMs()) return stale(key) ?? apiAway;
      const said = await review(token);
      keep(key, said, expiresMs);
      if (!said.authenticated) countBad(address);
      if (away) onAway(null);
      away = false;
      return said;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      awayUntilMs = nowMs() + pauseMs;
      away = true;
      onAway(error);
      return stale(key) ?? apiAway;
    } finally {
      // Whoever has waited longest takes the place over.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  function turn(address: string): Promise<void> {
    waitingOf.set(address, (waitingOf.get(address) ?? 0) + 1);
    return new Promise((resolve) => {
      waiting.push(() => {
        const left = (waitingOf.get(address) ?? 1) - 1;
        if (left === 0) waitingOf.delete(address);
        else waitingOf.set(address, left);
        resolve();
      });
    });
  }

  function keep(key: string, said: TokenReview, expiresMs: number): void {
    kept.delete(key);
    const forMs = said.authenticated ? goodMs * (0.8 + 0.2 * random()) : badMs;
    kept.set(key, { review: said, freshUntilMs: nowMs() + forMs, expiresMs });
    bound(kept, mostKept);
  }

  /** What was good goes on being good while the API is away, to the token's own end. */
  function stale(key: string): TokenReview | undefined {
    const known = kept.get(key);
    return known?.review.authenticated === true && dateMs() < known.expiresMs ? known.review : undefined;
  }

  function countBad(address: string): void {
    const now = nowMs();
    const known = badOf.get(address);
    if (known === undefined || now - known.sinceMs > badWhileMs) {
      badOf.delete(address);
      badOf.set(address, { count: 1, sinceMs: now });
      bound(badOf, mostAddresses);
    } else known.count += 1;
  }

  function isTooMuch(address: string): boolean {
    const bad = badOf.get(address);
    const tooBad = bad !== undefined && bad.count >= mostBadPerAddress && nowMs() - bad.sinceMs <= badWhileMs;
    return tooBad || waiting.length >= mostWaiting || (waitingOf.get(address) ?? 0) >= mostWaitingPerAddress;
  }

  return {
    of(token, expires, address) {
      const key = hashOf(token);
      const known = kept.get(key);
      const expiresMs = expires * 1_000;
      if (known !== undefined && nowMs() < known.freshUntilMs && dateMs() < known.expiresMs) {
        return Promise.resolve(known.review);
      }
      const asking = underWay.get(key);
      if (asking !== undefined) return asking;
      if (awayUntilMs > nowMs()) return Promise.resolve(stale(key) ?? apiAway);
      if (isTooMuch(address)) return Promise.resolve(stale(key) ?? tooMany);
      const asked = ask(key, token, expiresMs, address).finally(() => underWay.delete(key));
      underWay.set(key, asked);
      return asked;
    },
  };
}

const apiAway = { authenticated: null, because: 'api-away' } as const;
const tooMany = { authenticated: null, because: 'too-many' } as const;

function bound(map: Map<string, unknown>, most: number): void {
  if (map.size <= most) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

function hashOf(token: string): string {
  // Loaded with the first token, as content-hash.ts does.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(token).digest('base64url');
}

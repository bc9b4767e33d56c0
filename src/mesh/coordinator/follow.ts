// Keeps a copy of one kind of objects up to date: lists, then watches from there, and lists again when the API no longer knows
// where "there" was.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectIntake } from './cluster-state.ts';
import type { Watched } from '../../kubernetes/watched-kind.ts';
import { ApiFailure } from '../../kubernetes/api-failure.ts';
import type { WatchEvent } from '../../kubernetes/watch.ts';

export interface Following {
  /** All objects are known, and the last request to the API went well. */
  synced(): boolean;
  /** Rejects when the first list is refused for good (401, 403); otherwise never ends before it is stopped. */
  readonly ended: Promise<void>;
  stop(): void;
}

export interface FollowListener {
  /** Something of the copy changed, or may have. */
  changed(): void;
  failed(failure: ApiFailure): void;
  recovered(): void;
}

/** Lists anew after this, whatever the watch says: should an event ever be lost, it is not lost for good. */
const resyncMs = 30 * 60_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** A watch that ends sooner than this is not asked for again at once. */
const shortWatchMs = 1_000;
/** A version that has expired is ordinary, but not this often. */
const expiriesApartMs = 60_000;

/** @param random Numbers in [0, 1): replicas that lost the API together shall not come back together. */
export function follow(
  watched: Watched,
  intake: ObjectIntake,
  listener: FollowListener,
  random: () => number,
): Following {
  const stopping = new AbortController();
  const { signal } = stopping;
  let known = false;
  let failing = false;
  let pauseMs = firstPauseMs;
  let version: string | undefined;
  let listedMs = 0;
  let expiredMs = Number.NEGATIVE_INFINITY;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        if (version === undefined || performance.now() - listedMs > resyncMs) await list();
        else await watch(version);
      } catch (error) {
        await afterFailure(error);
      }
    }
  }

  async function list(): Promise<void> {
    const objects: unknown[] = [];
    let size = 0;
    let next: string | undefined;
    do {
      const page = await watched.list(next).catch((error: unknown) => {
        // From the version of a list that did not come to its end nothing may be watched; one that has expired begins anew at once.
        if (!(error instanceof ApiFailure && error.status === 410)) version = undefined;
        throw error;
      });
      // An API whose list has more and more pages is not listened to until memory is full.
      for (const object of page.objects) size += intake.sizeOf(object);
      if (size > intake.most) throw new RangeError(`its list goes on beyond ${intake.most} of them`);
      objects.push(...page.objects);
      next = page.next;
      version = page.version;
    } while (next !== undefined && !signal.aborted);
    intake.reset(objects);
    listedMs = performance.now();
    known = true;
    well();
    listener.changed();
  }

  async function watch(from: string): Promise<void> {
    const startMs = performance.now();
    const refused: ApiFailure[] = [];
    const ending = new AbortController();
    await watched.watch(
      from,
      (event) => {
        if (event.type === 'error') {
          refused.push(new ApiFailure(event.status, event.message));
          ending.abort();
        } else receive(event);
      },
      AbortSignal.any([signal, ending.signal]),
    );
    if (refused[0] !== undefined) throw refused[0];
    well();
    if (performance.now() - startMs < shortWatchMs) await pause();
    else pauseMs = firstPauseMs;
  }

  function receive(event: Exclude<WatchEvent, { type: 'error' }>): void {
    well();
    pauseMs = firstPauseMs;
    if (event.version !== '') version = event.version;
    if (event.type === 'bookmark') return;
    if (event.type === 'put' && !intake.put(event.object)) return;
    if (event.type === 'remove') intake.remove(event.object);
    listener.changed();
  }

  async function afterFailure(error: unknown): Promise<void> {
    if (signal.aborted) return;
    // An object that is none of its kind is our fault or the API's; the next list shows.
    const failure = error instanceof ApiFailure ? error : new ApiFailure(0, String(error), { cause: error });
    if (failure.status === 410 && version !== undefined) {
      version = undefined;
      const soon = performance.now() - expiredMs < expiriesApartMs;
      expiredMs = performance.now();
      // A list that takes longer than its own version is kept would otherwise be asked for without end.
      if (soon) await pause();
      return;
    }
    failing = true;
    if (!(error instanceof ApiFailure)) version = undefined;
    listener.failed(failure);
    if (!known && (failure.status === 401 || failure.status === 403)) throw failure;
    await pause();
  }

  function well(): void {
    if (failing) listener.recovered();
    failing = false;
  }

  async function pause(): Promise<void> {
    const milliseconds = pauseMs * (0.5 + random());
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  }

  return { synced: () => known && !failing, ended: run(), stop: () => stopping.abort() };
}

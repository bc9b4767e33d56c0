// One kind of objects as it is asked for: its list, page by page, and the watch that follows it.
import { listPage, type ListPage } from './list.ts';
import type { Transport } from './transport.ts';
import { longestSilenceMs, watchFrom, type WatchEvent } from './watch.ts';

export interface Watched {
  /** As the API calls it. */
  readonly name: 'nodes' | 'endpointslices.discovery.k8s.io' | 'pods';
  /**
   * One page of them, each reduced to what is kept of it. Rejects with an ApiFailure, of status 410 when `next` has expired and
   * the list begins anew; with another error when what came cannot be read.
   */
  list(next: string | undefined): Promise<ListPage>;
  /** Resolves when the watch ended, as all do; rejects as `list` does. */
  watch(version: string, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<void>;
}

export interface WatchedLimits {
  /** Objects a page. */
  readonly pageSize: number;
  /** For one page, to its end. */
  readonly listTimeoutMs: number;
  /** A watch over which nothing came for so long is ended. */
  readonly silenceMs: number;
}

export const usualWatchedLimits: WatchedLimits = {
  ...{ pageSize: 250, listTimeoutMs: 60_000, silenceMs: longestSilenceMs },
};
/** Asks the API to end each watch then: a token that is no longer good is noticed, and one server does not keep all watches. */
const watchSeconds = 300;

export interface WatchedKind {
  readonly name: Watched['name'];
  readonly path: string;
  /** Those of them that are wanted, in the words of a query. */
  readonly selection: Readonly<Record<string, string>>;
  /** What is kept of each; null for what is left out. */
  readonly reduce: (object: unknown) => unknown;
}

/** Asks nothing yet. */
export function createWatched(
  transport: Transport,
  { name, path, selection, reduce }: WatchedKind,
  { pageSize, listTimeoutMs, silenceMs }: WatchedLimits,
): Watched {
  return {
    name,
    list(next) {
      const page = { limit: String(pageSize), ...(next === undefined ? {} : { continue: next }) };
      return listPage(transport, queried(path, { ...selection, ...page }), reduce, listTimeoutMs);
    },
    watch(version, onEvent, signal) {
      const from = { resourceVersion: version, allowWatchBookmarks: 'true' };
      const until = { timeoutSeconds: String(watchSeconds) };
      const asked = queried(path, { ...selection, watch: 'true', ...from, ...until });
      return watchFrom(transport, asked, reduce, onEvent, signal, silenceMs);
    },
  };
}

const queried = (path: string, query: Readonly<Record<string, string>>) =>
  `${path}?${new URLSearchParams(query).toString()}`;

// One page of a list: read as it comes, each item reduced at once.
import { ApiFailure } from './api-failure.ts';
import { createTimeLimit } from './time-limit.ts';
import { createItemSplitter } from './item-splitter.ts';
import type { Transport } from './transport.ts';

export interface ListPage {
  /** As `reduce` made them, without those that it made null. */
  readonly objects: readonly unknown[];
  /** Where a watch of what follows begins. */
  readonly version: string;
  /** Undefined on the last page. */
  readonly next: string | undefined;
}

/** Bytes; etcd holds no object of more than some megabytes. */
export const longestObject = 8 * 1_024 ** 2;
const limits = { itemBytes: longestObject, frameBytes: 65_536 };

/**
 * Rejects with an ApiFailure when the page could not be had whole within `timeoutMs`, and with another error when it cannot be read.
 * @param path With its query.
 * @param signal Ends it before.
 */
export async function listPage(
  transport: Transport,
  path: string,
  reduce: (object: unknown) => unknown,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<ListPage> {
  const { objects, frame } = await readPage(transport, path, reduce, timeoutMs, signal);
  const { resourceVersion = '', continue: next = '' } = frame.metadata ?? {};
  return { objects, version: resourceVersion, next: next === '' ? undefined : next };
}

/**
 * How many objects a list has, at the price of one of them; as many as can be where the API does not say. Rejects as `listPage` does.
 * @param path Without a query.
 */
export async function countObjects(
  transport: Transport,
  path: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<number> {
  const { objects, frame } = await readPage(transport, `${path}?limit=1`, () => 1, timeoutMs, signal);
  const { continue: next = '', remainingItemCount: more } = frame.metadata ?? {};
  if (next === '') return objects.length;
  return typeof more === 'number' ? objects.length + more : Number.POSITIVE_INFINITY;
}

async function readPage(
  transport: Transport,
  path: string,
  reduce: (object: unknown) => unknown,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly objects: readonly unknown[]; readonly frame: Frame }> {
  const deadline = createTimeLimit(timeoutMs, signal);
  const objects: unknown[] = [];
  const splitter = createItemSplitter(limits, (item) => {
    const object = reduce(item);
    if (object !== null) objects.push(object);
  });
  try {
    const answer = await transport.get(path, deadline.signal);
    for await (const chunk of answer as AsyncIterable<Buffer>) splitter.push(chunk);
    return { objects, frame: splitter.end() as Frame };
  } catch (error) {
    if (deadline.passed()) throw new ApiFailure(0, `no whole answer within ${timeoutMs / 1_000} s`);
    throw transport.failure(error);
  } finally {
    deadline.off();
  }
}

interface Frame {
  readonly metadata?: {
    readonly resourceVersion?: string;
    readonly continue?: string;
    readonly remainingItemCount?: unknown;
  };
}

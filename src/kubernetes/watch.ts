// One watch, from its version to its end: a line of JSON for each event.
import { ApiFailure, saidBriefly } from './api-failure.ts';
import { createTimeLimit } from './time-limit.ts';
import { createLineSplitter } from './line-splitter.ts';
import { longestObject } from './list.ts';
import type { Transport } from './transport.ts';

export type WatchEvent =
  | { readonly type: 'put' | 'remove'; readonly object: unknown; readonly version: string }
  | { readonly type: 'bookmark'; readonly version: string }
  | { readonly type: 'error'; readonly status: number; readonly message: string };

/** The API sends a bookmark each minute, so a watch that is silent for longer is as good as dead. */
export const longestSilenceMs = 90_000;

/**
 * Resolves when the watch ended: by the API, by `signal`, or because nothing came for `silenceMs`. Rejects with an ApiFailure when it
 * could not be had or broke off, and with another error when an event cannot be read.
 * @param path With its query.
 */
export async function watchFrom(
  transport: Transport,
  path: string,
  reduce: (object: unknown) => unknown,
  onEvent: (event: WatchEvent) => void,
  signal: AbortSignal,
  silenceMs: number,
): Promise<void> {
  const silence = createTimeLimit(silenceMs, signal);
  const lines = createLineSplitter(longestObject);
  let begun = false;
  try {
    const answer = await transport.get(path, silence.signal);
    begun = true;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      silence.putOff();
      for (const line of lines.push(chunk)) {
        if (signal.aborted) return;
        onEvent(eventOf(JSON.parse(line), reduce));
      }
    }
    if (lines.isMidLine()) throw new ApiFailure(0, 'the watch broke off in the middle of a line');
  } catch (error) {
    if (signal.aborted || (begun && silence.passed())) return;
    if (silence.passed()) throw new ApiFailure(0, `no answer within ${silenceMs / 1_000} s`);
    throw transport.failure(error);
  } finally {
    silence.off();
  }
}

interface Received {
  readonly type?: string;
  readonly object?: {
    readonly code?: number;
    readonly message?: string;
    readonly metadata?: { readonly resourceVersion?: string };
  };
}

function eventOf(received: unknown, reduce: (object: unknown) => unknown): WatchEvent {
  const { type = '', object } = received as Received;
  const version = object?.metadata?.resourceVersion ?? '';
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return change('put', reduce(object), version);
    case 'DELETED':
      return change('remove', reduce(object), version);
    case 'BOOKMARK':
      return { type: 'bookmark', version };
    default:
      return {
        ...{ type: 'error', status: object?.code ?? 0 },
        message: saidBriefly(object?.message ?? type),
      };
  }
}

/** Of an object that `reduce` made null there is nothing to know but how far the watch has come. */
function change(type: 'put' | 'remove', object: unknown, version: string): WatchEvent {
  return object === null ? { type: 'bookmark', version } : { type, object, version };
}

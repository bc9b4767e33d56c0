// What a server does that a good one would not: speaks unasked, and ends its connections in the middle. For the lab.
import type { CloseWay, ServedConnection } from './served-connection.ts';

export interface Misbehaviour {
  /** From a connection's beginning to the first line that nobody asked for, and from each to the next. Milliseconds. */
  readonly pushEveryMs?: number;
  /** From one time that all connections are ended to the next. Milliseconds. */
  readonly closeEveryMs?: number;
  readonly closeWith: CloseWay;
  /** Memory that it takes now and then, and lets go. */
  readonly memory?: MemoryTaken;
}

interface MemoryTaken {
  readonly bytes: number;
  /** Milliseconds from one time to the next; */
  readonly everyMs: number;
  /** and for so long it does nothing else. */
  readonly forMs: number;
}

export interface Misbehaving {
  /** Takes a new connection; the function returned is to be called at its end. */
  accepted(connection: ServedConnection): () => void;
  stop(): void;
}

/** Before it closes with input unread, the server reads nothing for this share of the time from one close to the next. */
const deafShare = 1 / 4;

/** @param open The connections that are open, at any time. */
export function misbehave(settings: Misbehaviour, open: ReadonlySet<ServedConnection>): Misbehaving {
  const { pushEveryMs, closeEveryMs, closeWith, memory } = settings;
  let taking: NodeJS.Timeout | undefined;
  const closing = closeEveryMs === undefined ? undefined : setInterval(closeAll, closeEveryMs);
  // Must not hold a server that could not listen.
  closing?.unref();

  function closeAll(): void {
    if (closeWith === 'unread' && closeEveryMs !== undefined) goDeaf(closeEveryMs * deafShare);
    for (const connection of [...open]) connection.close();
  }

  return {
    accepted(connection) {
      // Nobody would notice before.
      if (memory !== undefined) taking ??= setInterval(() => takeMemory(memory), memory.everyMs).unref();
      if (pushEveryMs === undefined) return () => undefined;
      const pushing = setInterval(() => connection.push(), pushEveryMs);
      return () => clearInterval(pushing);
    },
    stop() {
      clearInterval(closing);
      clearInterval(taking);
    },
  };
}

const pieceBytes = 8 * 1_024 ** 2;

/** Each page is written to: what is only reserved takes no memory. */
function takeMemory({ bytes, forMs }: MemoryTaken): void {
  const pieces = Math.ceil(bytes / pieceBytes);
  const taken: ArrayBuffer[] = [];
  for (let piece = 0; piece < pieces; piece += 1) {
    const buffer = new ArrayBuffer(pieceBytes);
    new Uint8Array(buffer).fill(1);
    taken.push(buffer);
    if (forMs > 0) goDeaf(forMs / pieces);
  }
  // Let go at once, whenever the collector comes by.
  for (const buffer of taken) buffer.transfer(0);
}

/** Holds up the whole process: Node reads ahead even from a paused socket, and what it has read is not unread to the kernel. */
export function goDeaf(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

// The functions through which a socket's RST was sent: close(), the end of a process, or another program. They come by a second, small
// instance, so that what they overwrite is never an event.
import { writeFileSync } from 'node:fs';
import { createInstance } from './instance.ts';
import { cpusOf } from './ring.ts';
import { readTold, type Told } from './told.ts';
import { parseTraceLine, type TraceLine } from './trace-line.ts';
import { createTracePipe } from './trace-pipe.ts';

export interface CallStacks {
  /** Takes what is there. */
  read(): void;
  /** The innermost first; none where it was lost, or was not traced. Each can be taken once. */
  take(line: TraceLine, told: Told): readonly string[];
  /** May be called while the process exits. */
  remove(): void;
}

const none: CallStacks = { read: () => undefined, take: () => [], remove: () => undefined };

const wantedKib = 1_024;
/** Of kernel memory, whatever the number of CPUs. */
const mostKib = 8_192;
const leastKib = 64;
/** An answer to a packet goes through the functions that all packets go through. */
const ownDecision = 'skbaddr==0';

/** None are told where this kernel does not trace them. */
export async function traceCallStacks(root: string): Promise<CallStacks> {
  const instance = await createInstance(root);
  const remove = () => instance.remove();
  const set = (file: string, value: string) => writeFileSync(`${instance.path}/${file}`, value);
  const event = 'events/tcp/tcp_send_reset';
  try {
    set('trace_clock', 'mono');
    set(
      'buffer_size_kb',
      String(Math.max(leastKib, Math.min(wantedKib, mostKib / cpusOf(instance.path).length))),
    );
    set(`${event}/filter`, ownDecision);
    set(`${event}/trigger`, `stacktrace if ${ownDecision}`);
    set(`${event}/enable`, '1');
  } catch {
    remove();
    return none;
  }
  const reader = createStackReader();
  const lines = createTracePipe(instance.pipe, (line) => reader.push(line));
  return { read: () => void lines.read(), take: (line, told) => reader.take(line, told), remove };
}

/** Both instances stamp the same event within this, even where the machine's own CPU is taken away between the two. */
const sameEventMicros = 50_000;
/** Those of a burst wait until its events are read. */
const mostWaiting = 20_000;
const mostKinds = 1_000;
const deepest = 40;
const arrow = ' => ';

export function createStackReader(): Pick<CallStacks, 'take'> & { push(line: string): void } {
  const waiting = new Map<string, { readonly at: number; readonly stack: readonly string[] }>();
  // Its stack may follow the event after other threads' lines.
  const events = new Map<number, { readonly key: string; readonly at: number }>();
  const kinds = new Map<string, readonly string[]>();
  let current: { readonly key: string; readonly at: number; names: string[] } | undefined;

  const finish = () => {
    if (current === undefined) return;
    const { key, at, names } = current;
    current = undefined;
    const text = names.join(' ');
    // The same few come again and again; what is kept must not be a piece of all that was read.
    const stack = kinds.get(text) ?? Buffer.from(text).toString().split(' ');
    if (kinds.size < mostKinds) kinds.set(text, stack);
    waiting.set(key, { at, stack });
    const [oldest] = waiting.keys();
    if (waiting.size > mostWaiting && oldest !== undefined) waiting.delete(oldest);
  };
  return {
    push(text) {
      if (text.startsWith(arrow)) {
        const name = text.slice(arrow.length);
        if (current !== undefined && current.names.length < deepest && !isTracing(name))
          current.names.push(name);
        return;
      }
      finish();
      const ofThread = /-(\d+) +(?:\([ \d-]+\) +)?\[\d+\].*: <stack trace>$/.exec(text)?.[1];
      if (ofThread !== undefined) {
        const event = events.get(Number(ofThread));
        events.delete(Number(ofThread));
        if (event !== undefined) current = { ...event, names: [] };
        return;
      }
      const line = parseTraceLine(text);
      if (typeof line !== 'object') return;
      const told = readTold('send-reset', line.fields);
      if (told !== undefined) events.set(line.tid, { key: keyOf(line, told), at: line.at });
      if (events.size > mostKinds) events.clear();
    },
    take(line, told) {
      if (told.kind !== 'send-reset' || told.packet !== null) return [];
      finish();
      const key = keyOf(line, told);
      const found = waiting.get(key);
      if (found === undefined || Math.abs(found.at - line.at) > sameEventMicros) return [];
      waiting.delete(key);
      return found.stack;
    },
  };
}

const keyOf = ({ tid }: TraceLine, { socket, tuple }: Told): string =>
  `${tid} ${socket ?? ''} ${tuple?.sport ?? ''} ${tuple?.dport ?? ''}`;

/** The tracepoint's own. */
const isTracing = (name: string): boolean => /^(?:trace_event_|__?traceiter_|__?bpf_trace_)/.test(name);

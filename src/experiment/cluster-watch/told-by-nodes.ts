// What one node's observer tells, made fit to stand beside what others tell: names of sockets are each kernel's own, and who cannot be
// heard says nothing by its silence.
import { formatMicros, type Micros } from '../../model/clock.ts';
import type { NodeEvent, SourceEvent } from '../../model/node-event.ts';

export interface NodeVoice {
  /** As the node told it. */
  take(event: NodeEvent): NodeEvent;
  /** What stands for its witnesses when it is heard no more. */
  fallSilent(at: Micros, why: string): readonly SourceEvent[];
  /** What each of its witnesses has to say when so much of what they told is held no more. */
  hasMissed(count: number, at: Micros): readonly SourceEvent[];
  /** What stands for them when it is heard again, from that moment on. */
  speakAgain(at: Micros): readonly SourceEvent[];
}

export function createNodeVoice(node: string): NodeVoice {
  const running = new Map<string, SourceEvent>();
  let isSilent = false;
  return {
    take(event) {
      if (event.event === 'source') {
        if (event.state === 'started') running.set(event.source, event);
        else if (event.state !== 'limited') running.delete(event.source);
      }
      // Of another kernel the same cookie is of another socket.
      if ((event.event === 'kernel' || event.event === 'socket') && event.cookie !== null)
        return { ...event, cookie: `${event.cookie}@${node}` };
      return event;
    },
    fallSilent(at, why) {
      isSilent = true;
      return [...running.values()].map((event) => ({
        ...event,
        at: formatMicros(at),
        state: 'failed',
        text: why,
        lost: null,
      }));
    },
    hasMissed: (count, at) =>
      [...running.values()].map((event) => ({
        ...event,
        at: formatMicros(at),
        state: 'limited',
        text: `${count} things that ${node} saw were not handed over in time`,
        lost: count,
      })),
    speakAgain(at) {
      if (!isSilent) return [];
      isSilent = false;
      return [...running.values()].map((event) => ({ ...event, at: formatMicros(at) }));
    },
  };
}

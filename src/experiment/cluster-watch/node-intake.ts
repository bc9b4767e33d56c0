// What the nodes of a watched cluster tell, line by line: handed to the engine that judges, each in its node's own voice.
import { parseMicros } from '../../model/clock.ts';
import type { NodeEvent } from '../../model/node-event.ts';
import type { ObserverLine } from '../../model/observer-line.ts';
import type { LiveLosses } from '../watch/live-losses.ts';
import type { SourceNews } from '../watch/source-news.ts';
import type { HeardUntil } from './heard-until.ts';
import { createNodeVoice, type NodeVoice } from './told-by-nodes.ts';

export interface NodeIntake {
  take(node: string, line: ObserverLine): void;
  /** It is heard no more, until its next word: its silence says nothing. Who calls this says so. */
  silence(node: string, why: string): void;
  /** Whether every witness of this node has said whether it runs. */
  hasBegun(node: string): boolean;
}

interface IntakeParts {
  readonly losses: Pick<LiveLosses, 'take' | 'read'>;
  readonly news: Pick<SourceNews, 'hear'>;
  readonly until: HeardUntil;
  /** Told of what concerns connections, after the engine. */
  readonly onEvent: (event: NodeEvent) => void;
  readonly onNote: (sentence: string) => void;
}

export function createNodeIntake({ losses, news, until, onEvent, onNote }: IntakeParts): NodeIntake {
  const voices = new Map<string, NodeVoice>();
  const begun = new Set<string>();
  const voiceOf = (node: string): NodeVoice => {
    const known = voices.get(node) ?? createNodeVoice(node);
    voices.set(node, known);
    return known;
  };
  return {
    take(node, line) {
      switch (line.kind) {
        case 'observer':
          if (line.lostBefore === 0) return;
          // One sentence says it for all its witnesses.
          for (const event of voiceOf(node).hasMissed(line.lostBefore, until.now() ?? 0)) losses.take(event);
          onNote(`${node} saw ${line.lostBefore} things while it was not heard that it holds no more.`);
          return;
        case 'begun':
          begun.add(node);
          return;
        case 'event': {
          const event = voiceOf(node).take(line.event);
          losses.take(event);
          if (event.event === 'source') news.hear(event);
          onEvent(event);
          return;
        }
        case 'read':
          losses.read(line.witness, parseMicros(line.until), node);
          return;
        case 'now': {
          const at = parseMicros(line.at);
          for (const event of voiceOf(node).speakAgain(at)) losses.take(event);
          until.heard(node, at);
        }
      }
    },
    silence(node, why) {
      begun.delete(node);
      const at = until.now();
      until.leave(node);
      if (at !== undefined) for (const event of voiceOf(node).fallSilent(at, why)) losses.take(event);
    },
    hasBegun: (node) => begun.has(node),
  };
}

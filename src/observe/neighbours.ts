// Neighbours that move to another link-layer address or do not answer: of the node as the kernel tells them, of its pods read now and then.
import { formatMicros } from '../model/clock.ts';
import type { LineEvent, NodeEvent } from '../model/node-event.ts';
import {
  listNeighbours,
  neighbourMonitorArgv,
  parseNeighbourLine,
  type NeighbourLine,
} from '../system/tools/ip-neighbour.ts';
import { keepRunning } from './keep-running.ts';
import { createKnownNeighbours } from './neighbours/known-neighbours.ts';
import { followPodNeighbours } from './neighbours/pod-neighbours.ts';
import { drained, followListening, startListening } from './netlink-listening.ts';
import { readAtIntervals } from './sampled-witness.ts';
import { podLimit } from './scopes.ts';
import type { Witness } from './witness.ts';

type NeighbourEvent = LineEvent<Extract<NodeEvent, { event: 'neighbour' }>>;

/** One that a program deletes fails first, and is gone right after. */
const goneWithinMs = 100;
const leastPeriodMs = 5_000;
/** Of the time, for the pods' tables. */
const share = 0.0005;

export const neighbours: Witness = {
  name: 'neighbours',
  extension: 'log',
  share: 2,
  async start(context) {
    const { clock, node, pods, netns, pace } = context;
    const raw = context.openRaw();
    let told = 0;
    const tell = (event: NeighbourEvent, text: string) => {
      told += 1;
      raw.write(`${text}\n`);
      context.emit(event, text);
    };
    const known = createKnownNeighbours();
    const failing = new Map<
      string,
      { readonly line: NeighbourLine; readonly text: string; timer: NodeJS.Timeout }
    >();
    const news = (line: NeighbourLine, text: string) => {
      const found = known.see({ ...line, isFailed: line.state === 'FAILED' }, line.at);
      if (found === undefined) return;
      const { address, mac, state } = line;
      const said = { ...found, scope: node, address, interface: line.interface, mac, state };
      tell({ event: 'neighbour', at: formatMicros(line.at), ...said }, text);
    };
    const settle = (key: string) => {
      const held = failing.get(key);
      if (held === undefined) return;
      clearTimeout(held.timer);
      failing.delete(key);
      news(held.line, held.text);
    };
    const onLine = (text: string) => {
      const line = parseNeighbourLine(text);
      if (line === undefined) return;
      const key = `${line.interface} ${line.address}`;
      if (line.isDeleted) {
        clearTimeout(failing.get(key)?.timer);
        failing.delete(key);
        known.gone(line, line.at);
        return;
      }
      settle(key);
      if (line.state === 'FAILED')
        failing.set(key, { line, text, timer: setTimeout(() => settle(key), goneWithinMs) });
      else news(line, text);
    };
    const argv = neighbourMonitorArgv(netns);
    let lostBefore = 0;
    let lostNow = 0;
    const kept = await keepRunning(context, {
      name: 'it',
      start: async () => ({ program: await startListening(argv, onLine) }),
      ended({ program }) {
        lostBefore += lostNow;
        lostNow = 0;
        return `"${argv.join(' ')}" ended: ${program.lastWords() || 'it said nothing'}`;
      },
    });
    const since = clock.now();
    try {
      for (const one of await listNeighbours(netns))
        known.see({ ...one, isFailed: one.state === 'FAILED' }, since);
    } catch (error) {
      await kept.stop();
      throw error;
    }
    const ofPods = followPodNeighbours({ name: node, proc: context.proc }, pods, clock, (found) => {
      const { entry, scope, change, macBefore } = found;
      const at = formatMicros(found.at);
      const text = `${at} ${scope}: ${entry.address} dev ${entry.interface} ${change}: ${macBefore ?? '?'} → ${entry.mac ?? '?'}`;
      const said = { scope, change, macBefore, ...entry, state: null };
      tell({ event: 'neighbour', at, ...said, since: formatMicros(found.since) }, text);
    });
    const socketOf = followListening();
    const following = readAtIntervals(context, {
      scope: `of the node, and the IPv4 ones of ${ofPods.pods} pods, read every ${leastPeriodMs / 1_000} s`,
      limit: podLimit(pods),
      periodMs: Math.max(pace.periodMs, leastPeriodMs),
      share: Math.min(share, pace.share),
      sample() {
        ofPods.read();
        lostNow = socketOf(kept.current().program.pid)?.drops ?? lostNow;
        const lost = lostBefore + lostNow;
        if (lost > 0) context.limited(`the kernel could not deliver ${lost} messages in all`, lost);
      },
      end: () => `${told} changes`,
    });
    return {
      ...following,
      async stop() {
        const socket = await drained(kept.current().program);
        const end = await following.stop();
        await kept.stop();
        for (const key of [...failing.keys()]) settle(key);
        return {
          ...end,
          lost: socket === undefined ? null : lostBefore + socket.drops,
          text: `${told} changes`,
        };
      },
    };
  },
};

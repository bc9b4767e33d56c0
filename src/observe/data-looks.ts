// Looks into the ring of data packets for connections that are in trouble, and for nobody else: all that came together in one go, with rests,
// and never more than a small part of the time. What the ring has not, or not surely, is not told.
import type { Micros } from '../model/clock.ts';
import { plainAddress } from '../model/endpoint.ts';
import type { Tuple } from '../model/node-event.ts';
import { readTcp, type CapturedPacket } from '../packets/captured-packet.ts';
import { createFlowData, type FlowData } from '../packets/flow-data.ts';
import type { PcapRecord } from '../packets/pcap-reader.ts';
import { pairKey } from '../packets/packets-of-flows.ts';
import { portPair, readRing } from '../packets/ring-records.ts';
import { flowOf, tupleOf } from '../packets/way.ts';
import type { DataRing } from './data-ring.ts';

export interface DataLooks {
  /** Its data is wanted as it was at that moment: `trouble` in any case, `fin` if that leaves a question unanswered. */
  want(tuple: Tuple, at: Micros, why: 'trouble' | 'fin'): void;
  /** Learns whether packets were dropped since the last look; to be called now and then. */
  check(): void;
  /** Ends when what was wanted before was looked for, or at the latest after so long. */
  finish(withinMs: number): Promise<void>;
  /** Those that were not looked for because there were too many. */
  readonly leftOut: number;
  /** Those of which what the ring has is not sure, since packets were dropped. */
  readonly unsure: number;
}

export interface DataLooksParts {
  /** Undefined while there is none. */
  readonly ring: () => Pick<DataRing, 'flush' | 'span' | 'read'> | undefined;
  /** Those of servers. */
  readonly ports: ReadonlySet<number>;
  readonly now: () => Micros;
  /** In order of time; what was told before is not told again. `endsUnanswered`: a FIN among them left a question unanswered. */
  readonly onData: (packets: readonly CapturedPacket[], flow: string, endsUnanswered: Micros | null) => void;
}

/** Those that come together are looked for together. */
const gatherMs = 60;
/** A look is followed by this many times its length without one. */
const restAfter = 20;
/** Read and looked through at one go. */
const sliceBytes = 1_048_576;
/** What a kernel has captured it hands over within a second, and once more as long where a part of its buffer was just begun. */
const handedOver: Micros = 1_300_000;
/** So long one waits for a look that comes late, or for a ring that does not answer. */
const patience: Micros = 15_000_000;
/** What passes after a trouble is looked for as well, once: as much as a capture keeps that reads all. */
const afterwards: Micros = 2_000_000;
/** What several witnesses tell of one trouble. */
const together: Micros = 100_000;
/** Waiting at the same time; and those of them in trouble that begin to wait within a second. */
const [mostWaiting, mostPerSecond] = [20_000, 500];
/** Of whom it is remembered what was told. */
const mostTold = 5_000;

interface Wanted {
  readonly key: string;
  readonly pair: number;
  /** When it was in trouble. */
  readonly at: Micros;
  /** What passed until then is to be there. */
  readonly until: Micros;
  readonly why: 'trouble' | 'fin' | 'afterwards';
}

interface Looked {
  readonly wanted: Wanted;
  readonly data: FlowData;
}

/** When packets were dropped, not to be known more exactly. */
interface Gap {
  readonly from: Micros;
  readonly to: Micros;
}

const mostGaps = 100;

export function createDataLooks({ ring, ports, now, onData }: DataLooksParts): DataLooks {
  const waiting = new Map<string, Wanted>();
  const told = new Map<string, Micros>();
  const gaps: Gap[] = [];
  let [second, begun, leftOut, unsure] = [0, 0, 0, 0];
  let [dropped, askedAt] = [0, now()];
  /** Milliseconds of the look that is made, or was. */
  let [worked, restUntil] = [0, 0];
  let timer: { readonly due: number; readonly timeout: NodeJS.Timeout } | undefined;
  let running: Promise<void> | undefined;

  const mayWait = (at: Micros, why: Wanted['why']): boolean => {
    if (waiting.size >= mostWaiting) return false;
    if (why === 'fin') return true;
    const current = Math.floor(at / 1e6);
    if (current !== second) [second, begun] = [current, 0];
    begun += 1;
    return begun <= mostPerSecond;
  };

  /** Milliseconds until the first of them can be there. */
  const soonest = () => {
    let until = Number.POSITIVE_INFINITY;
    for (const one of waiting.values()) until = Math.min(until, one.until);
    return Math.min(afterwards, until - now()) / 1_000;
  };
  /** The next look is made in so long, if not sooner, but not before the rest is over. */
  const later = (milliseconds: number) => {
    if (running !== undefined) return;
    const due = Math.max(performance.now() + milliseconds, restUntil);
    if (timer !== undefined && timer.due <= due) return;
    clearTimeout(timer?.timeout);
    timer = { due, timeout: setTimeout(begin, due - performance.now()) };
  };
  const begin = () => {
    timer = undefined;
    worked = 0;
    running = look()
      .catch(() => undefined)
      .then(() => {
        running = undefined;
        restUntil = performance.now() + worked * restAfter;
        if (waiting.size > 0) later(Math.max(gatherMs, soonest()));
      });
  };

  /** Resolves with the ring's part to be read, and since when nothing was dropped that is not known. */
  async function ask(source: NonNullable<ReturnType<typeof ring>>) {
    const at = now();
    const count = await source.flush();
    if (count === null) return null;
    if (count > dropped) gaps.push({ from: askedAt, to: now() });
    if (gaps.length > mostGaps) gaps.shift();
    [dropped, askedAt] = [count, at];
    const span = await source.span();
    return span === null ? null : { ...span, at };
  }

  const give = (one: Looked | undefined) => {
    if (one === undefined) return;
    const { wanted, data } = one;
    // What was told of it meanwhile is looked for anew.
    if (waiting.get(wanted.key) === wanted) {
      waiting.delete(wanted.key);
      if (wanted.why === 'trouble')
        waiting.set(wanted.key, { ...wanted, until: wanted.at + afterwards, why: 'afterwards' });
    }
    const { packets, flow, endsUnanswered } = data.take(told.get(wanted.key) ?? Number.NEGATIVE_INFINITY);
    const [first, last] = [packets[0], packets.at(-1)];
    if (first === undefined || last === undefined || flow === null) return;
    if (wanted.why === 'fin' && endsUnanswered === null) return;
    if (gaps.some(({ from, to }) => from <= wanted.until && to >= first.at)) {
      unsure += 1;
      return;
    }
    told.delete(wanted.key);
    told.set(wanted.key, last.at);
    for (const [oldest] of told) {
      if (told.size <= mostTold) break;
      told.delete(oldest);
    }
    onData(packets, flow, endsUnanswered);
  };

  async function look(): Promise<void> {
    for (const one of waiting.values()) {
      if (now() - one.until <= patience) continue;
      waiting.delete(one.key);
      if (one.why !== 'afterwards') leftOut += 1;
    }
    const source = ring();
    const asked = source === undefined ? null : await ask(source);
    if (source === undefined || asked === null) return;
    const bytes = Buffer.allocUnsafe(sliceBytes);
    let open = new Map<string, Looked>();
    for (const [key, wanted] of waiting)
      if (wanted.until <= asked.at) open.set(key, { wanted, data: createFlowData(ports, wanted.at) });
    let pairs = new Set([...open.values()].map(({ wanted }) => wanted.pair));
    const take = (record: PcapRecord) => {
      const read = readTcp(asked.header.linkType, record);
      if (read === undefined) return;
      const one = open.get(keyOf(tupleOf(read.tcp.way)));
      one?.data.add({
        ...{ at: record.at, link: read.link, tcp: read.tcp, via: read.via, comment: null },
        ...{ flow: flowOf(read.tcp.way), record: Buffer.from(record.bytes) },
      });
    };
    let { to } = asked;
    const keep = (isWanted: (one: Wanted) => boolean) => {
      open = new Map([...open].filter(([, { wanted }]) => isWanted(wanted)));
      pairs = new Set([...open.values()].map(({ wanted }) => wanted.pair));
    };
    // What came after its trouble shows that all before is there, and so does time.
    const isThere = (lastAt: Micros) => (one: Wanted) =>
      lastAt >= one.until || asked.at >= one.until + handedOver;
    if (to <= asked.from) keep(isThere(Number.NaN));
    while (open.size > 0 && to > asked.from) {
      const begun = performance.now();
      const from = Math.max(asked.from, to - sliceBytes);
      const length = await source.read(bytes, to - from, from);
      for (const { data } of open.values()) data.before();
      const isAtRecord = from === asked.from && asked.isWhole;
      const piece = readRing(bytes.subarray(0, length), asked.header, isAtRecord, pairs, take);
      if (to === asked.to) keep(isThere(piece.lastAt));
      to = piece.begin === length ? from : from + piece.begin;
      const done = new Set(
        [...open].filter(([, { data }]) => data.isEnough(piece.firstAt)).map(([key]) => key),
      );
      for (const key of done) give(open.get(key));
      if (done.size > 0) keep(({ key }) => !done.has(key));
      worked += performance.now() - begun;
      await rest();
    }
    for (const one of open.values()) give(one);
  }

  return {
    want(tuple, at, why) {
      if (!ports.has(tuple.sport) && !ports.has(tuple.dport)) return;
      const key = keyOf(tuple);
      const known = waiting.get(key);
      if (known?.why === 'trouble' || known?.why === why) return;
      if (known?.why === 'afterwards' && (why === 'fin' || at <= known.at + together)) return;
      if (!mayWait(at, why)) {
        leftOut += 1;
        return;
      }
      waiting.set(key, { key, pair: portPair(tuple.sport, tuple.dport), at, until: at, why });
      later(gatherMs);
    },
    check() {
      const source = ring();
      if (source === undefined || running !== undefined) return;
      running = ask(source)
        .then(() => undefined)
        .finally(() => {
          running = undefined;
          if (waiting.size > 0) later(Math.max(gatherMs, soonest()));
        })
        .catch(() => undefined);
    },
    async finish(withinMs) {
      const deadline = performance.now() + withinMs;
      const waits = () => [...waiting.values()].some(({ why }) => why !== 'afterwards');
      while ((waits() || running !== undefined) && performance.now() < deadline)
        await new Promise((done) => setTimeout(done, 20));
      clearTimeout(timer?.timeout);
      timer = undefined;
      waiting.clear();
      await running;
    },
    get leftOut() {
      return leftOut;
    },
    get unsure() {
      return unsure;
    },
  };
}

const keyOf = ({ src, dst, ...ports }: Tuple): string =>
  pairKey({ src: plainAddress(src), dst: plainAddress(dst), ...ports });

const rest = () => new Promise<void>((done) => setImmediate(done));

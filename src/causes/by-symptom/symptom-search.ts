// From what somebody saw to the pages that explain it: words by their rarity (BM25 over weighted parts of a page, Robertson and Zaragoza
// 2009), and what can be compared of every loss: how it ended, after how long, and the other traits.
import type { CatalogueEntry } from '../cause-page.ts';
import { areAlike, durationsIn, type Duration } from './symptom-durations.ts';
import { traitsIn, type End, type Traits } from './symptom-traits.ts';
import { wordsOf, type Word } from './symptom-words.ts';

/** What somebody saw: said in words, or by answers to questions. */
export interface Symptom {
  readonly words: readonly Word[];
  readonly durations: readonly Duration[];
  readonly traits: Traits;
}

export interface FoundPage {
  readonly page: CatalogueEntry;
  readonly score: number;
  /** What of the symptom speaks for it, the strongest first. */
  readonly because: readonly string[];
  /** What of the symptom this cause does not show. */
  readonly against: readonly string[];
}

export const symptomIn = (text: string): Symptom => ({
  words: wordsOf(text),
  durations: durationsIn(text),
  traits: traitsIn(text),
});

/** No more pages than somebody reads in an incident. */
export const mostPages = 3;
/** A page that says less than this part of what the best one says is not worth opening. */
const leastShare = 0.45;
/** Below it the words in common are such as any page has. */
const leastScore = 1;

/** How much a word counts by where on the page it stands. What is said of other causes, and how to confirm, would mislead. */
const weights = {
  title: 3,
  symptoms: 3,
  client: 2.5,
  server: 1.5,
  nodes: 1.5,
  author: 0.7,
  mechanism: 0.6,
  cures: 0.3,
};
const saturation = 1.2;
const lengthShare = 0.5;

/** What agrees and what does not, in units of a rare word's weight. */
const worth = {
  end: 2,
  lesserEnd: 1,
  serversEnd: 0.8,
  otherEnd: -2,
  trait: 0.8,
  otherTrait: -1,
  duration: 3,
};

/** The pages that a symptom leads to, the best first: at most three, none where nothing is in common. */
export function findPages(symptom: Symptom, catalogue: readonly CatalogueEntry[]): FoundPage[] {
  const ranked = rankPages(symptom, catalogue);
  const best = ranked[0]?.score ?? 0;
  return ranked
    .filter(({ score, because }) => because.length > 0 && score >= Math.max(leastScore, best * leastShare))
    .slice(0, mostPages);
}

/** All pages by how much they say of the symptom. */
export function rankPages(symptom: Symptom, catalogue: readonly CatalogueEntry[]): FoundPage[] {
  // The page for what nothing explains is no explanation.
  const read = catalogue.filter(({ id }) => id !== 'unknown').map(readPage);
  const meanLength = read.reduce((sum, { length }) => sum + length, 0) / Math.max(1, read.length);
  return read.map((page) => judge(symptom, page, read, meanLength)).sort((a, b) => b.score - a.score);
}

interface ReadPage {
  readonly page: CatalogueEntry;
  /** How often each meaning is said, counted by its place's weight. */
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
  readonly durations: readonly number[];
  readonly traits: Traits;
  readonly serversEnds: Traits['ends'];
}

function readPage(page: CatalogueEntry): ReadPage {
  const { title, symptom, symptoms = [], author, mechanism, fixes } = page;
  const parts: [number, string][] = [
    [weights.title, `${page.id.replaceAll('-', ' ')}. ${title}`],
    [weights.symptoms, symptoms.join('. ')],
    [weights.client, symptom.client],
    [weights.server, symptom.server],
    [weights.nodes, symptom.nodes],
    [weights.author, author.text],
    [weights.mechanism, mechanism.map(({ text }) => text).join(' ')],
    [weights.cures, fixes.map(({ whatToDo }) => whatToDo).join(' ')],
  ];
  const counts = new Map<string, number>();
  let length = 0;
  for (const [weight, text] of parts) {
    for (const { means } of wordsOf(text)) {
      counts.set(means, (counts.get(means) ?? 0) + weight);
      length += weight;
    }
  }
  const told = [symptom.client, ...symptoms, title].join('. ');
  const clocks = [told, symptom.nodes, ...mechanism.map(({ text }) => text)].flatMap(durationsIn);
  return {
    ...{ page, counts, length, traits: traitsIn(told), serversEnds: traitsIn(symptom.server).ends },
    durations: [...new Set(clocks.map(({ seconds }) => seconds))],
  };
}

interface Reason {
  readonly said: string;
  readonly worth: number;
}

function judge(symptom: Symptom, page: ReadPage, all: readonly ReadPage[], meanLength: number): FoundPage {
  const reasons = [
    ...wordReasons(symptom, page, all, meanLength),
    ...durationReasons(symptom, page, all),
    ...endReasons(symptom, page),
    ...traitReasons(symptom, page.traits),
  ];
  const sorted = reasons.toSorted((a, b) => b.worth - a.worth);
  const names = (list: readonly Reason[]) => [...new Set(list.map(({ said }) => said))];
  const against = names(sorted.filter((reason) => reason.worth < 0));
  return {
    page: page.page,
    score: reasons.reduce((sum, reason) => sum + reason.worth, 0),
    because: names(sorted.filter(({ worth: much, said }) => much >= 0.2 && !against.includes(said))),
    against,
  };
}

function wordReasons(
  { words }: Symptom,
  page: ReadPage,
  all: readonly ReadPage[],
  meanLength: number,
): Reason[] {
  const said = new Map(words.toReversed().map((word) => [word.means, word.said]));
  return [...said].flatMap(([means, as]) => {
    const count = page.counts.get(means);
    if (count === undefined) return [];
    const holders = all.filter(({ counts }) => (counts.get(means) ?? 0) >= 1).length;
    const room = saturation * (1 - lengthShare + (lengthShare * page.length) / meanLength);
    return [{ said: as, worth: (rarity(holders, all.length) * count * (saturation + 1)) / (count + room) }];
  });
}

const rarity = (holders: number, all: number) => Math.log(1 + (all - holders + 0.5) / (holders + 0.5));

function durationReasons({ durations }: Symptom, page: ReadPage, all: readonly ReadPage[]): Reason[] {
  return durations.flatMap(({ said, seconds }) => {
    const has = (one: ReadPage) => one.durations.some((own) => areAlike(own, seconds));
    if (!has(page)) return [];
    const share = rarity(all.filter(has).length, all.length) / rarity(1, all.length);
    return [{ said, worth: worth.duration * share }];
  });
}

/** As it was said, where it was said in words. */
const asSaid = ({ words }: Symptom, means: string, otherwise: string) =>
  words.find((word) => word.means === means)?.said ?? otherwise;

const endWords = { reset: 'a reset', refused: 'refused', timeout: 'a timeout', closed: 'closed in order' };

/** The best of the ends that were said: in an incident some programs read a reset where others wait. */
function endReasons(symptom: Symptom, page: ReadPage): Reason[] {
  const { ends, seenBy } = symptom.traits;
  const reasons = ends.map((end) => ({
    said: asSaid(symptom, end, endWords[end]),
    worth: seenBy === 'server' ? worthAtServer(end, page) : worthAtClient(end, page),
  }));
  const best = Math.max(...reasons.map((reason) => reason.worth));
  return reasons.filter((reason) => reason.worth === best && best !== 0).slice(0, 1);
}

function worthAtClient(end: End, { traits, serversEnds }: ReadPage): number {
  if (traits.ends[0] === end) return worth.end;
  if (traits.ends.includes(end)) return worth.lesserEnd;
  if (serversEnds.includes(end)) return worth.serversEnd;
  return traits.ends.length === 0 ? 0 : worth.otherEnd;
}

const worthAtServer = (end: End, { serversEnds }: ReadPage): number =>
  serversEnds.includes(end) ? worth.end : worth.otherEnd;

const traitWords = {
  when: { idle: 'after a silence', busy: 'in the middle of traffic' },
  spread: { together: 'all at once', single: 'one by one' },
  where: { 'one-node': 'on one node', everywhere: 'on all nodes' },
  fresh: { works: 'a new connection works', fails: 'new connections fail, too' },
} as const satisfies Record<Exclude<keyof Traits, 'ends' | 'seenBy'>, Record<string, string>>;

function traitReasons(symptom: Symptom, own: Traits): Reason[] {
  const kinds = Object.keys(traitWords) as (keyof typeof traitWords)[];
  return kinds.flatMap((kind) => {
    const [wanted, has] = [symptom.traits[kind], own[kind]];
    if (wanted === undefined || has === undefined) return [];
    const words: Readonly<Record<string, string>> = traitWords[kind];
    const said = asSaid(symptom, wanted, words[wanted] ?? wanted);
    return [{ said, worth: wanted === has ? worth.trait : worth.otherTrait }];
  });
}

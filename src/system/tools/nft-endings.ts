// The rules of an nft table that end a packet without counting it: nobody can see from outside whether they did.

const endings = ['reject', 'drop'] as const;
/** What a rule may do to a packet that ends it. */
export type Ending = (typeof endings)[number];

export interface Block {
  readonly kind: string;
  readonly name: string;
  /** What stands in it, each on one line, without quoted text. */
  readonly lines: readonly string[];
}

/**
 * Counts them in what `nft list table …` prints: rules with the verdict, policies that drop, and rules that look up a verdict map
 * of which a value is the verdict or a chain that gives it.
 */
export function uncountedEndings(text: string): Record<Ending, number> {
  const blocks = readBlocks(text);
  const chains = blocks.filter(({ kind }) => kind === 'chain');
  const maps = new Map(
    blocks.filter(({ kind }) => kind === 'map').map(({ name, lines }) => [name, lines.join(' ')]),
  );
  const own = new Map(
    chains.map(({ name, lines }) => [
      name,
      lines.map((line) => (isCounted(line) ? undefined : verdictOf(line))),
    ]),
  );
  const ofMap = (line: string): Ending[] => {
    const named = /\bvmap @(\S+)/.exec(line)?.[1];
    const values = named === undefined ? (/\bvmap (\{.*\})/.exec(line)?.[1] ?? '') : (maps.get(named) ?? '');
    const found = endings.filter((ending) =>
      [...values.matchAll(/ : (?:(drop)\b|(?:goto|jump) (\S+?)(?=[\s,}]|$))/g)].some(
        ([, drop, chain = '']) => drop === ending || own.get(chain)?.includes(ending) === true,
      ),
    );
    return isCounted(line) ? [] : found;
  };
  const count = (ending: Ending) =>
    chains.flatMap(({ name, lines }) => [
      ...(own.get(name) ?? []).filter((one) => one === ending),
      ...lines.filter((line) => ofMap(line).includes(ending)),
    ]).length;
  return { reject: count('reject'), drop: count('drop') };
}

const isCounted = (line: string) => /\bcounter packets [0-9]/.test(line);

/** The verdict of the rule itself, or of the chain's policy; what stands in a verdict map's braces is not its own. */
function verdictOf(line: string): Ending | undefined {
  const words = line.replace(/\{.*\}/g, '').split(/[\s;]+/);
  const at = words.findIndex((word) => endings.includes(word as Ending));
  const jumps = words[at - 1] === 'goto' || words[at - 1] === 'jump';
  return at === -1 || jumps ? undefined : (words[at] as Ending);
}

const blockHead =
  /^(chain|map|set|counter|quota|limit|ct (?:helper|timeout|expectation)|flowtable|synproxy|secmark) (\S+) \{/;

/** Chains and maps with their lines; a line goes on until its braces are closed. */
export function readBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let block: (Block & { lines: string[] }) | undefined;
  let open = '';
  for (const printed of text.split('\n')) {
    const line = printed.replace(/"[^"]*"/g, '""').trim();
    const head = blockHead.exec(line);
    if (open === '' && head !== null) {
      block = { kind: head[1] ?? '', name: head[2] ?? '', lines: [] };
      blocks.push(block);
      continue;
    }
    open = `${open} ${line}`.trim();
    const deep = open.split('{').length - open.split('}').length;
    if (deep > 0 && !/^table /.test(open)) continue;
    if (deep < 0) block = undefined;
    else block?.lines.push(open);
    open = '';
  }
  return blocks;
}

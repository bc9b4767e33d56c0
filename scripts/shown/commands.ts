// The commands whose output README and docs show: how each is run, and where what it prints stands.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandFailed, run, runChecked } from '../../src/system/process.ts';
import { watchedRedis } from '../../test/lab-live/watched-redis.ts';
import { columns } from './columns.ts';
import { lastAnswer, seenOnly, whole } from './parts.ts';

export interface ShownCommand {
  readonly name: string;
  /** What it takes besides npm's packages; null for what prints the same everywhere. */
  readonly takes: string | null;
  readonly print: () => Promise<string>;
  readonly places: readonly Place[];
}

interface Place {
  readonly page: string;
  /** The block is the first one that begins after this. */
  readonly after: string;
  readonly part: (printed: string) => string;
}

const root = join(import.meta.dirname, '../..');
const capture = 'test/recorded/cases/captures/any-v6.pcap';
const reproduced = '\n```\nnpm run repro\n```\n';
const diagnosed = `\n\`\`\`\nbin/netdebug diagnose ${capture}\n\`\`\`\n`;

export const shownCommands: readonly ShownCommand[] = [
  {
    ...{ name: 'diagnose', takes: null, print: diagnose },
    places: [
      { page: 'README.md', after: diagnosed, part: lastAnswer },
      { page: 'docs/capture-of-a-reset.md', after: diagnosed, part: whole },
    ],
  },
  {
    ...{ name: 'watch', takes: 'root, redis-server and redis-cli', print: watchedRedis },
    places: [
      { page: 'README.md', after: '\nsudo bin/netdebug watch --port 6379\n```\n', part: seenOnly },
      { page: 'docs/watch.md', after: '\n## What it prints\n', part: whole },
      { page: 'docs/now.md', after: '\n## 3. Read the answer\n', part: whole },
    ],
  },
  {
    ...{ name: 'repro', takes: 'what the lab takes', print: reproduce },
    places: [
      { page: 'README.md', after: reproduced, part: lastAnswer },
      { page: 'docs/lab.md', after: reproduced, part: whole },
    ],
  },
];

async function diagnose(): Promise<string> {
  // A page names the file as somebody types it who stands in the checkout.
  const words = ['env', '-C', root, 'bin/netdebug', 'diagnose', capture];
  const result = await run(words, { env: columns });
  // A capture alone leaves something open, which is exit code 2.
  if (result.exitCode !== 2) throw commandFailed(words, result);
  return result.stdout;
}

async function reproduce(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-shown-'));
  const words = ['npm', 'run', '--silent', '--prefix', root, 'repro', '--', '--out', join(folder, 'run')];
  try {
    return (await runChecked(words, { env: columns, timeoutMs: 300_000 })).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

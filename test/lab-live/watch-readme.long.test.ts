// README's first command: what it shows is what `netdebug watch` prints of a real redis whose connection a rule resets.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { findTool } from '../../src/system/find-tool.ts';
import { containerSkip } from './watch-in-container.ts';
import { watchedRedis } from './watched-redis.ts';

const noRedis = ['redis-server', 'redis-cli'].some((name) => findTool(name) === undefined) && 'needs redis';
const skip = (await containerSkip()) || noRedis;

/** The block after the command. */
function shown(page: string): string[] {
  const text = readFileSync(resolve(import.meta.dirname, '../..', page), 'utf8');
  const block = text.split('\n```\n').find((part) => part.startsWith('watching '));
  assert.ok(block !== undefined, `${page} shows what it prints`);
  return block.split('\n');
}

/** Without what differs from run to run: times, ports, and whether a counter or a packet was read before or after the loss was told. */
const plain = (line: string) =>
  line
    .replace(/^\d\d:\d\d:\d\d\.\d /, 'TIME ')
    .replace('correction: ', '')
    .replace(/(10\.213\.8\.33):\d+/, '$1:PORT')
    .replace(/ +reset, idle [\d.]+m?s(, 1 question unanswered)?$/, '')
    .replace(/ in \d+s\.$/, ' in TIME.')
    .replace(/ +(proven|likely|open)$/, '');

/** Which witnesses run, and which names are known, is the machine's. */
function comparable(lines: readonly string[]): string[] {
  const losses = lines.slice(lines.findIndex((line) => /^\d\d:/.test(line)));
  const unseen = losses.findIndex((line) => line.startsWith('Not seen'));
  const summary = losses.indexOf('', unseen);
  const seen = unseen === -1 ? losses : [...losses.slice(0, unseen), ...losses.slice(summary)];
  return seen.map(plain);
}

describe('what README, docs/watch.md and docs/now.md show of netdebug watch', { skip }, () => {
  it('is what it prints', async () => {
    const said = await watchedRedis();
    const printed = comparable(said.split('\n'));
    for (const page of ['README.md', 'docs/watch.md', 'docs/now.md']) {
      const wanted = comparable(shown(page));
      assert.ok(wanted.length > 8, `${page} shows a loss and the summary`);
      assert.deepEqual(
        wanted.filter((line) => !printed.includes(line)),
        [],
        `it prints now:\n${said}`,
      );
    }
    assert.match(said, / reset, idle [\d.]+m?s/);
    assert.match(said, / who {3}a rule on the node \(proven\)\n {2}why {3}policy-reject \(proven\): /);
  });
});

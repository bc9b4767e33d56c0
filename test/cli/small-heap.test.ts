import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { mainScript } from '../program.ts';

/** Makes much that lives for a little, as the last thing in a process, and prints how much room new objects have then. */
const atExit = `
import { getHeapSpaceStatistics } from 'node:v8';
process.once('exit', () => {
  let kept = [];
  for (let made = 0; made < 600_000; made += 1) {
    kept.push({ made });
    if (kept.length > 100_000) kept = [];
  }
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  process.stderr.write('new space ' + space.space_size);
});`;

async function roomForNew(...words: string[]): Promise<number> {
  const hook = `data:text/javascript,${encodeURIComponent(atExit)}`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', hook, mainScript, ...words]);
  return Number(/new space ([0-9]+)/.exec(stderr)?.[1]);
}

const mebibyte = 1_048_576;

describe('a command that runs on a node for long', () => {
  for (const command of ['watch', 'observe'])
    it(`${command} gives what is new little room, however much there is of it`, async () => {
      assert.ok((await roomForNew(command, '--help')) <= 4 * mebibyte);
    });

  it('is another one than those that are done soon', async () => {
    assert.ok((await roomForNew('explain', '--help')) > 4 * mebibyte);
  });
});

import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { run } from '../../src/system/process.ts';
import { labSkip } from './netdebug.ts';

const inside = resolve(import.meta.dirname, 'watch-page-inside.ts');

describe('netdebug watch --ui', { skip: await labSkip() }, () => {
  it('serves what it tells at the address that it says, and there alone, and tells pages that it has ended', async () => {
    const script = 'ip link set lo up && ip address add 10.213.9.1/32 dev lo && exec "$@"';
    const words = [
      ...sandboxArgv(process.getuid?.() === 0),
      'sh',
      '-c',
      script,
      'sh',
      process.execPath,
      inside,
    ];
    const { exitCode, stdout, stderr } = await run(words, { timeoutMs: 60_000 });
    assert.equal(exitCode, 0, stderr);
    const said = JSON.parse(stdout) as Record<'stderr' | 'html' | 'news', string> &
      Record<'exitCode' | 'foreign', number>;
    assert.equal(said.exitCode, 0, said.stderr);
    assert.equal(said.foreign, 403);
    assert.match(
      said.html,
      /<h1 id="headline">1 connection was reset on here since [\d:]+\.<\/h1>/,
      said.stderr,
    );
    assert.match(said.html, /<details id="loss-[^"]+"[^]*10\.213\.9\.1:7777[^]*<strong>reset/);
    assert.match(said.news, /^event: end$/m);
    assert.match(said.news, /1 connection was reset on here in \d+s\./);
  });
});

// By which name it was started, by the script's file and by what an executable without a script was called by.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { mainScript } from '../program.ts';
import { startedAs } from '../../src/system/started-as.ts';

test("kubectl's two names, of links in PATH as of a single executable; any other is ours", () => {
  assert.equal(startedAs(['/usr/bin/kubectl-netdebug', 'node']), 'kubectl-netdebug');
  assert.equal(
    startedAs(['/usr/bin/kubectl_complete-netdebug', '/usr/bin/node']),
    'kubectl_complete-netdebug',
  );
  assert.equal(startedAs(['', '/home/u/.krew/bin/kubectl-netdebug']), 'kubectl-netdebug');
  for (const files of [
    ['/usr/bin/netdebug', 'node'],
    ['/opt/src/cli/start.mjs', 'node'],
    ['', ''],
    ['/kubectl-netdebug/netdebug', 'node'],
  ])
    assert.equal(startedAs(files), 'netdebug', files.join(' '));
});

test('an executable without a script, called by that name, is the plugin', () => {
  const words = [mainScript, 'preflight', '--help'];
  const { stdout } = spawnSync(process.execPath, words, { argv0: '/bin/kubectl-netdebug', encoding: 'utf8' });
  assert.match(stdout, /^Usage: kubectl netdebug preflight /);
});

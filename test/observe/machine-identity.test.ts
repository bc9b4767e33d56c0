// With the real machine that the test runs on, and a network namespace of our own beside it.
import assert from 'node:assert/strict';
import { readFileSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { machineIdentity } from '../../src/observe/machine-identity.ts';
import { isWholeMachine } from '../../src/observe/whole-machine.ts';
import { run } from '../../src/system/process.ts';

const module = resolve(import.meta.dirname, '../../src/observe/machine-identity.ts');
const inContainer = !isWholeMachine('/proc/self') && 'this is a part of a machine';
const unshare = ['unshare', ...(process.getuid?.() === 0 ? [] : ['--map-root-user']), '--net'];
const { exitCode } = await run([...unshare, 'true']);

describe('which machine it is', () => {
  it(
    'is told by its start and its own network namespace, also where others may not be traced',
    { skip: inContainer },
    () => {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
      assert.equal(machineIdentity('/proc/self'), `${boot} ${readlinkSync('/proc/self/ns/net')}`);
    },
  );

  const own = ['--pid', '--fork', '--mount', '--mount-proc', '--kill-child'];
  for (const { what, more } of [
    { what: 'another namespace, whose number the next one may get', more: [] },
    { what: 'a container, whose first process is in its namespace, too', more: own },
  ])
    it(`is not told of ${what}`, { skip: exitCode !== 0 && 'no network namespace can be made' }, async () => {
      const script = `import { machineIdentity } from '${module}'; console.log(machineIdentity('/proc/self'));`;
      const words = [...unshare, ...more, process.execPath, '--input-type=module', '-e', script];
      const { stdout, stderr } = await run(words);
      assert.equal(stdout.trim(), 'null', stderr);
    });
});

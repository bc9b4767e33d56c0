import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue, causeIds, pageOf } from '../../src/causes/index.ts';
import { runProgram } from './running-program.ts';

test('without a cause, all of them are listed and the exit code is 0', async (t) => {
  const program = runProgram(t, 'explain');
  assert.equal(await program.exit(), 0);
  for (const { id, title } of catalogue)
    assert.match(program.stdout(), new RegExp(`^${id} +${title[0] ?? ''}`, 'm'));
  assert.equal(program.stderr(), '');
});

test('with a cause, its page is printed', async (t) => {
  const program = runProgram(t, 'explain', 'silent-drop');
  assert.equal(await program.exit(), 0);
  assert.match(program.stdout(), /^silent-drop: packets vanish/);
  assert.match(program.stdout(), /^ {7}ss -tnoi dst SERVICE_IP$/m);
});

test('--json prints one document: the entry, or all of them in order', async (t) => {
  const one = runProgram(t, 'explain', 'server-aborted', '--json');
  assert.equal(await one.exit(), 0);
  assert.deepEqual(JSON.parse(one.stdout()), pageOf('server-aborted'));
  const all = runProgram(t, 'explain', '--json');
  assert.equal(await all.exit(), 0);
  const ids = (JSON.parse(all.stdout()) as { id: string }[]).map(({ id }) => id);
  assert.deepEqual(ids, [...causeIds]);
});

test('an unknown cause ends with 64, the allowed names and the nearest one, and nothing on stdout', async (t) => {
  const program = runProgram(t, 'explain', 'conntrack-invlid');
  assert.equal(await program.exit(), 64);
  assert.equal(program.stdout(), '');
  assert.equal(
    program.stderr(),
    `netdebug: there is no cause "conntrack-invlid"; choose one of: ${causeIds.join(', ')}. ` +
      'Did you mean conntrack-invalid?\n',
  );
});

test('a second cause is wrong usage', async (t) => {
  const program = runProgram(t, 'explain', 'unknown', 'unknown');
  assert.equal(await program.exit(), 64);
  assert.equal(program.stdout(), '');
});

test('--help shows examples', async (t) => {
  const program = runProgram(t, 'explain', '--help');
  assert.equal(await program.exit(), 0);
  assert.match(program.stdout(), /netdebug explain conntrack-invalid \| less/);
});

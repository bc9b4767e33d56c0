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

test('--symptom names at most three pages, each with its sentence, what fits, and the command that shows it', async (t) => {
  const program = runProgram(t, 'explain', '--symptom', 'nf_conntrack: table full, dropping packet');
  assert.equal(await program.exit(), 0);
  assert.match(
    program.stdout(),
    /^1\. The node's conntrack table is full: new connections are dropped\.\n {3}Fits: .*table full.*\.\n/,
  );
  assert.match(program.stdout(), /^ {3}(?:bin\/)?netdebug explain conntrack-table-full$/m);
  assert.ok((program.stdout().match(/^ {3}(?:bin\/)?netdebug explain /gm) ?? []).length <= 3);
  assert.equal(program.stderr(), '');
});

test('--symptom takes words without quotes, and its JSON is the pages in order', async (t) => {
  const words = ['explain', '--symptom', 'reset', 'after', '15', 'idle', 'minutes'];
  for (const json of [['--json'], ['-o', 'json']]) {
    const program = runProgram(t, ...words, ...json);
    assert.equal(await program.exit(), 0);
    const pages = JSON.parse(program.stdout()) as {
      cause: string;
      title: string;
      score: number;
      because: string[];
    }[];
    assert.ok(pages.length > 0 && pages.length <= 3);
    for (const { cause, title, because } of pages) {
      assert.equal(title, pageOf(cause)?.title);
      assert.ok(because.length > 0);
    }
    const scores = pages.map(({ score }) => score);
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    );
  }
});

test('a symptom of which no page speaks ends with 2, and what to do then', async (t) => {
  const program = runProgram(t, 'explain', '--symptom', 'my printer is out of ink');
  assert.equal(await program.exit(), 2);
  assert.match(program.stdout(), /^No page speaks of that\.\n[^]*netdebug explain unknown/);
  const json = runProgram(t, 'explain', '--json', '--symptom', 'my printer is out of ink');
  assert.equal(await json.exit(), 2);
  assert.equal(json.stdout(), '[]\n');
});

test('--symptom without words where nobody can be asked ends with 64 and an example', async (t) => {
  const program = runProgram(t, 'explain', '--symptom');
  assert.equal(await program.exit(), 64);
  assert.equal(program.stdout(), '');
  assert.match(program.stderr(), /netdebug explain --symptom "reset after 15 idle minutes"/);
});

test('--symptom beside a cause is wrong usage', async (t) => {
  const program = runProgram(t, 'explain', 'silent-drop', '--symptom', 'reset');
  assert.equal(await program.exit(), 64);
  assert.equal(program.stdout(), '');
});

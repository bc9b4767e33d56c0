// A name without an address is said at once, with its reason, and then rarely; a resolver that is silent is said too.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Resolve } from '../../src/probe/lookup.ts';
import { watchName } from '../../src/probe/name-watch.ts';
import { manualTime } from './manual-time.ts';

function watch(t: TestContext) {
  const time = manualTime(t);
  const lines: string[] = [];
  const asked: Parameters<Resolve>[2][] = [];
  const names = watchName((_, __, answer) => void asked.push(answer), {
    clock: time.clock,
    log: (line) => void lines.push(line),
  });
  const look = (code?: string) => {
    names.resolve('server.example', { all: true }, () => undefined);
    if (code === 'found') asked.pop()?.(null, [{ address: '10.0.0.1', family: 4 }]);
    else if (code !== undefined) asked.pop()?.(Object.assign(new Error(code), { code }), []);
  };
  return { pass: (ms: number) => time.pass(ms), lines, names, look };
}

test('a name that is not found is said at once, and once a minute while it is tried each second', (t) => {
  const { pass, lines, names, look } = watch(t);
  for (let second = 0; second < 121; second++) {
    look('ENOTFOUND');
    pass(1_000);
  }
  const sentence =
    'The name "server.example" could not be turned into an address: the resolver knows no such host (ENOTFOUND); ' +
    'it is tried again as long as this runs, and said once a minute';
  assert.deepEqual(lines, [sentence, sentence, sentence]);
  assert.equal(names.neverFound(), 'ENOTFOUND');
});

test('another reason is said at once, and the first one again after the name was found', (t) => {
  const { lines, names, look } = watch(t);
  for (const code of ['ENOTFOUND', 'EAI_AGAIN', 'EAI_AGAIN', 'found', 'EAI_AGAIN']) look(code);
  assert.deepEqual(
    lines.map((line) => /\((\w+)\)/.exec(line)?.[1]),
    ['ENOTFOUND', 'EAI_AGAIN', 'EAI_AGAIN'],
  );
  assert.equal(names.neverFound(), null);
});

test('a resolver that does not answer is said after two seconds, not after its own time', (t) => {
  const { pass, lines, names, look } = watch(t);
  look();
  pass(1_999);
  assert.deepEqual(lines, []);
  pass(1);
  assert.match(lines.join('\n'), /^The resolver has not answered for 2 s when asked for "server.example"; /);
  look();
  names.stop();
  pass(5_000);
  assert.equal(lines.length, 1);
  assert.equal(names.neverFound(), 'no answer from the resolver');
});

// A name without an address is said at once, with its reason, after three tries with what to do, and then rarely; a resolver that is silent is said
// too.
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

test('a name that is not found is said at once, after three tries, and once a minute while it is tried each second', (t) => {
  const { pass, lines, names, look } = watch(t);
  for (let second = 0; second < 121; second++) {
    look('ENOTFOUND');
    pass(1_000);
  }
  const why = 'the resolver knows no such host (ENOTFOUND)';
  const goesOn = 'it is tried again as long as this runs, and said once a minute';
  const inVain = (tries: number) =>
    `The name "server.example" did not resolve in ${tries} tries: ${why}; see what "getent hosts server.example" says here; ${goesOn}`;
  assert.deepEqual(lines, [
    `The name "server.example" could not be turned into an address: ${why}; ${goesOn}`,
    inVain(3),
    inVain(63),
  ]);
  assert.equal(names.neverFound(), 'ENOTFOUND');
});

test('tries are counted in a row: one that found the name begins anew', (t) => {
  const { lines, look } = watch(t);
  for (const code of ['EAI_AGAIN', 'EAI_AGAIN', 'found', 'EAI_AGAIN', 'EAI_AGAIN']) look(code);
  assert.ok(
    lines.length === 2 && lines.every((line) => line.includes('could not be turned')),
    lines.join('\n'),
  );
  look('EAI_AGAIN');
  assert.match(
    lines[2] ?? '',
    /^The name "server.example" did not resolve in 3 tries: the resolver gave no answer/,
  );
});

test('another reason is said at once, and the first one again after the name was found', (t) => {
  const { lines, names, look } = watch(t);
  for (const code of ['EAI_AGAIN', 'ENOTFOUND', 'found', 'ENOTFOUND', 'ENOTFOUND']) look(code);
  assert.deepEqual(
    lines.map((line) => /\((\w+)\)/.exec(line)?.[1]),
    ['EAI_AGAIN', 'ENOTFOUND', 'ENOTFOUND'],
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

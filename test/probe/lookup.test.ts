// One look-up at a time for a name, none remembered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LookupAddress } from 'node:dns';
import { createSharedLookup, type Resolve } from '../../src/probe/lookup.ts';

interface Asked {
  readonly host: string;
  readonly answer: Parameters<Resolve>[2];
}

const addresses: LookupAddress[] = [
  { address: '10.0.0.1', family: 4 },
  { address: 'fd00::1', family: 6 },
];

test('those who ask while a look-up is under way get its answer', () => {
  const asked: Asked[] = [];
  const lookup = createSharedLookup((host, _, answer) => void asked.push({ host, answer }));
  const got: unknown[] = [];
  lookup('netdebug', { all: true }, (_, all) => got.push(all));
  lookup('netdebug', {}, (_, address, family) => got.push([address, family]));
  lookup('other', { all: true }, (_, all) => got.push(all));
  assert.deepEqual(
    asked.map(({ host }) => host),
    ['netdebug', 'other'],
  );
  asked[0]?.answer(null, addresses);
  assert.deepEqual(got, [addresses, ['10.0.0.1', 4]]);
});

test('the next one asks anew', () => {
  const asked: Asked[] = [];
  const lookup = createSharedLookup((host, _, answer) => void asked.push({ host, answer }));
  lookup('netdebug', { all: true }, () => undefined);
  asked[0]?.answer(null, addresses);
  lookup('netdebug', { all: true }, () => undefined);
  assert.equal(asked.length, 2);
});

test('an error reaches everyone who waits', () => {
  const asked: Asked[] = [];
  const lookup = createSharedLookup((host, _, answer) => void asked.push({ host, answer }));
  const errors: (string | undefined)[] = [];
  lookup('netdebug', { all: true }, (error) => errors.push(error?.code));
  lookup('netdebug', { all: true }, (error) => errors.push(error?.code));
  asked[0]?.answer(Object.assign(new Error(), { code: 'ENOTFOUND' }), []);
  assert.deepEqual(errors, ['ENOTFOUND', 'ENOTFOUND']);
});

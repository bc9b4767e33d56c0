// Which addresses an agent dials.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTargetRanges, defaultRanges, parseRanges } from '../../src/mesh/agent/target-ranges.ts';

const within = (ranges: string, hosts: string[] = []) => createTargetRanges(parseRanges(ranges) ?? [], hosts);

describe('without a setting an agent dials', () => {
  const ranges = within(defaultRanges);
  const private_ = ['10.0.0.1', '172.31.255.255', '192.168.1.1', '100.127.0.1', 'fd00::1', '::ffff:10.0.0.1'];
  for (const address of private_) test(address, () => assert.equal(ranges.allows(address), true));
  const others = [
    ...['8.8.8.8', '172.32.0.1', '100.128.0.1', '127.0.0.1', '127.1.2.3', '0.0.0.0', '169.254.169.254'],
    ...['224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1', 'fe80::1%eth0', 'ff02::1', '2001:db8::1'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:a9fe:a9fe', '::127.0.0.1', '64:ff9b::a00:1'],
    ...['', 'localhost', '127.1', '0x7f000001', '10.0.0.1:80', '010.0.0.1'],
  ];
  for (const address of others) test(`not ${address}`, () => assert.equal(ranges.allows(address), false));
});

test('a range that holds all holds no loopback and no metadata, unless they are named', () => {
  const all = within('0.0.0.0/0,::/0');
  assert.deepEqual(
    ['8.8.8.8', '127.0.0.1', '169.254.169.254', '::ffff:169.254.169.254', '2001:db8::1', 'fe80::1'].map(
      (one) => all.allows(one),
    ),
    [true, false, false, false, true, false],
  );
  const named = within('127.0.0.0/8,::1/128');
  assert.deepEqual(
    ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1'].map((one) => named.allows(one)),
    [true, true, true, false],
  );
});

test('the own node’s addresses are not dialled, however they are written', () => {
  const ranges = within(defaultRanges, ['10.0.0.7', 'FD00:0::7']);
  assert.deepEqual(
    ['10.0.0.7', '::ffff:a00:7', 'fd00::7', 'fd00:0:0:0:0:0:0:7', '10.0.0.8'].map((one) =>
      ranges.allows(one),
    ),
    [false, false, false, false, true],
  );
});

test('what is no list of ranges is none', () => {
  for (const text of [
    '',
    '10.0.0.0',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0/8',
    '10.0.0.0/8,',
    '::ffff:10.0.0.0/104',
    'x/8',
  ])
    assert.equal(parseRanges(text), undefined, text);
});

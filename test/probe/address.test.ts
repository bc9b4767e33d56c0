// Addresses are printed as Go prints them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printedAddress } from '../../src/probe/address.ts';

test('an IPv4 peer of a dual-stack socket is printed as IPv4', () => {
  assert.equal(printedAddress('::ffff:10.44.0.33', 33_326), '10.44.0.33:33326');
});

test('other addresses stay as they are, IPv6 in brackets', () => {
  assert.equal(printedAddress('10.44.0.33', 1), '10.44.0.33:1');
  assert.equal(printedAddress('fd00::1', 8_080), '[fd00::1]:8080');
  assert.equal(printedAddress('::', 8_080), '[::]:8080');
});

test('an address that the kernel has forgotten is none', () => {
  assert.equal(printedAddress(undefined, undefined), undefined);
});

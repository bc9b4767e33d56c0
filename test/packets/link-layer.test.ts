import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isKnownLinkType, linkTypes, parseLinkHeader } from '../../src/packets/link-layer.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const addressesOf = (linkType: number, text: string) => parseLinkHeader(linkType, hex(text))?.addresses;

describe('a link layer', () => {
  it('of the cooked kind, version 2, tells the interface and the direction', () => {
    const outgoing = hex('0800 0000 00000007 0001 04 06 aabbccddeeff0000');
    assert.deepEqual(parseLinkHeader(linkTypes.sll2, outgoing), {
      addresses: addressesOf(linkTypes.sll2, '86dd 0000 00000102 0001 00 06 aabbccddeeff0000'),
      interfaceIndex: 7,
      direction: 'out',
      length: 20,
    });
    const incoming = hex('86dd 0000 00000102 0001 00 06 aabbccddeeff0000');
    assert.deepEqual(parseLinkHeader(linkTypes.sll2, incoming), {
      addresses: addressesOf(linkTypes.sll2, '0800 0000 00000007 0001 04 06 aabbccddeeff0000'),
      interfaceIndex: 258,
      direction: 'in',
      length: 20,
    });
  });

  it('of the cooked kind, version 1, tells the direction alone', () => {
    const outgoing = hex('0004 0001 0006 aabbccddeeff0000 0800');
    assert.deepEqual(parseLinkHeader(linkTypes.sll, outgoing), {
      addresses: addressesOf(linkTypes.sll, '0000 0001 0006 aabbccddeeff0000 0800'),
      interfaceIndex: null,
      direction: 'out',
      length: 16,
    });
  });

  it('of Ethernet is read through VLAN tags', () => {
    const addresses = '112233445566 aabbccddeeff';
    const length = (text: string) => parseLinkHeader(linkTypes.ethernet, hex(`${addresses} ${text}`))?.length;
    assert.equal(length('0800'), 14);
    assert.equal(length('8100 0064 86dd'), 18);
    assert.equal(length('88a8 0064 8100 0065 0800'), 22);
    assert.equal(length('8100 0064'), undefined);
    assert.equal(length('0806'), undefined, 'ARP');
  });

  it('has one number for the same addresses and tags, and others for others', () => {
    const frames = ['112233445566 aabbccddeeff 0800', '112233445566 aabbccddeefe 0800'];
    const tagged = ['112233445566 aabbccddeeff 8100 0064 0800', '112233445566 aabbccddeeff 8100 0065 0800'];
    const numbers = [...frames, ...tagged].map((text) => addressesOf(linkTypes.ethernet, text));
    assert.equal(new Set(numbers).size, 4);
    assert.equal(addressesOf(linkTypes.ethernet, '112233445566 aabbccddeeff 86dd'), numbers[0]);
    const cookedIn = (address: string) => addressesOf(linkTypes.sll, `0000 0001 0006 ${address}0000 0800`);
    assert.notEqual(cookedIn('aabbccddeeff'), cookedIn('aabbccddeefe'));
  });

  it('that is raw IP has no length', () => {
    for (const type of [101, 12, 14, 228, 229]) assert.equal(parseLinkHeader(type, hex('45'))?.length, 0);
  });

  it('that is cut off, or unknown, is none', () => {
    assert.equal(parseLinkHeader(linkTypes.sll2, hex('0800 0000')), undefined);
    assert.equal(parseLinkHeader(linkTypes.sll, hex('0800')), undefined);
    assert.equal(parseLinkHeader(105, Buffer.alloc(100)), undefined);
    assert.deepEqual([isKnownLinkType(276), isKnownLinkType(12), isKnownLinkType(105)], [true, true, false]);
  });
});

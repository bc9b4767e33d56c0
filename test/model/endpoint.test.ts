import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatEndpoint, parseEndpoint } from '../../src/model/endpoint.ts';

it('an endpoint comes back from its text', () => {
  for (const text of ['10.48.14.50:8080', '[fd00::1]:443', 'netdebug:8080']) {
    const endpoint = parseEndpoint(text);
    assert.ok(endpoint !== undefined);
    assert.equal(formatEndpoint(endpoint), text);
  }
});

it('what is no endpoint is undefined', () => {
  for (const text of ['', ':80', 'a', 'a:', 'a:65536', 'a:-1', 'fd00::1:443', 'a b:1']) {
    assert.equal(parseEndpoint(text), undefined, text);
  }
});

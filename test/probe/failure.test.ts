// Which kind of failure each errno counts as.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, deadlinePassed, endOfStream, failureOf } from '../../src/probe/failure.ts';

function error(code: string, syscall: string, address?: string): Error {
  return Object.assign(new Error(code), { code, syscall, address });
}

test('every errno that a connection can end with has its kind, and unknown ones are other', () => {
  const kinds = Object.fromEntries(
    [
      'ECONNRESET',
      'EPIPE',
      'ECONNABORTED',
      'ECONNREFUSED',
      'ETIMEDOUT',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'ENOTFOUND',
      'EMFILE',
    ].map((code) => [code, failureOf(error(code, 'x')).failure]),
  );
  assert.deepEqual(kinds, {
    ECONNRESET: 'reset',
    EPIPE: 'reset',
    ECONNABORTED: 'reset',
    ECONNREFUSED: 'refused',
    ETIMEDOUT: 'timeout',
    EHOSTUNREACH: 'unreachable',
    ENETUNREACH: 'unreachable',
    ENOTFOUND: 'other',
    EMFILE: 'other',
  });
});

test('errno and syscall are kept as the kernel gave them', () => {
  assert.deepEqual(failureOf(error('ECONNRESET', 'read')), {
    failure: 'reset',
    errno: 'ECONNRESET',
    syscall: 'read',
  });
});

test('of several addresses that failed, the first one is told', () => {
  const both = new AggregateError([
    error('ECONNREFUSED', 'connect', '10.0.0.1'),
    error('ENETUNREACH', 'connect', 'fd00::1'),
  ]);
  assert.equal(failureOf(both).errno, 'ECONNREFUSED');
  assert.equal(addressOf(both), '10.0.0.1');
});

test('an orderly close and our own deadline are not mistaken for errnos of the kernel', () => {
  assert.deepEqual(endOfStream, { failure: 'closed', errno: 'EOF', syscall: 'read' });
  assert.deepEqual(deadlinePassed('read'), { failure: 'timeout', errno: 'DEADLINE', syscall: 'read' });
});

test('an error without an errno is still a failure', () => {
  assert.deepEqual(failureOf(new Error('strange')), {
    failure: 'other',
    errno: 'UNKNOWN',
    syscall: 'unknown',
  });
});

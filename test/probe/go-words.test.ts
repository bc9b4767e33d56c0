// Each failure in the words of Go's net package, word for word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  deadlinePassed,
  endOfStream,
  failureOf,
  lineTooLong,
  type Failure,
} from '../../src/probe/failure.ts';
import { acceptErrorInGo, dialErrorInGo, streamErrorInGo } from '../../src/probe/go-words.ts';

const local = '10.44.0.33:33326';
const remote = '10.48.14.50:8080';

function kernel(code: string, syscall: string): Failure {
  return failureOf(Object.assign(new Error(), { code, syscall }));
}

test('the ends of an established connection are said as Go says them', () => {
  const said = (failure: Failure) => streamErrorInGo(failure, local, remote);
  const ends = '10.44.0.33:33326->10.48.14.50:8080';
  assert.equal(said(endOfStream), 'EOF');
  assert.equal(said(kernel('ECONNRESET', 'read')), `read tcp ${ends}: read: connection reset by peer`);
  assert.equal(said(kernel('ECONNRESET', 'write')), `write tcp ${ends}: write: connection reset by peer`);
  assert.equal(said(kernel('EPIPE', 'write')), `write tcp ${ends}: write: broken pipe`);
  assert.equal(said(kernel('ETIMEDOUT', 'read')), `read tcp ${ends}: read: connection timed out`);
  assert.equal(said(kernel('EHOSTUNREACH', 'read')), `read tcp ${ends}: read: no route to host`);
  assert.equal(said(deadlinePassed('read')), `read tcp ${ends}: i/o timeout`);
  assert.equal(said(deadlinePassed('write')), `write tcp ${ends}: i/o timeout`);
  assert.equal(said(lineTooLong), `read tcp ${ends}: line too long`);
});

test('an errno without a text of ours is printed by name', () => {
  assert.equal(
    streamErrorInGo(kernel('EOWNERDEAD', 'read'), local, remote),
    'read tcp 10.44.0.33:33326->10.48.14.50:8080: read: EOWNERDEAD',
  );
});

test('the reasons for not connecting are said as Go says them', () => {
  const said = (failure: Failure) => dialErrorInGo(failure, 'netdebug', remote);
  const dial = 'dial tcp 10.48.14.50:8080:';
  assert.equal(said(kernel('ECONNREFUSED', 'connect')), `${dial} connect: connection refused`);
  assert.equal(said(kernel('EHOSTUNREACH', 'connect')), `${dial} connect: no route to host`);
  assert.equal(said(kernel('ENETUNREACH', 'connect')), `${dial} connect: network is unreachable`);
  assert.equal(said(kernel('ETIMEDOUT', 'connect')), `${dial} connect: connection timed out`);
  assert.equal(said(kernel('EADDRNOTAVAIL', 'connect')), `${dial} connect: cannot assign requested address`);
  assert.equal(said(kernel('EMFILE', 'connect')), `${dial} socket: too many open files`);
  assert.equal(said(deadlinePassed('connect')), `${dial} i/o timeout`);
  assert.equal(said(kernel('ENOTFOUND', 'getaddrinfo')), 'dial tcp: lookup netdebug: no such host');
  assert.equal(said(deadlinePassed('getaddrinfo')), 'dial tcp: lookup netdebug: i/o timeout');
  assert.equal(
    said(kernel('EAI_AGAIN', 'getaddrinfo')),
    'dial tcp: lookup netdebug: Temporary failure in name resolution',
  );
});

test('running out of file descriptors while accepting is said as Go says it', () => {
  assert.equal(
    acceptErrorInGo(kernel('EMFILE', 'accept'), '[::]:8080'),
    'accept tcp [::]:8080: accept4: too many open files',
  );
});

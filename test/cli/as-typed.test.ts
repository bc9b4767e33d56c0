import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asTyped } from '../../src/cli/as-typed.ts';
import { ownName, ownNameAsRoot } from '../../src/system/own-program.ts';

test('in a checkout, commands are those of its starter, and sentences about netdebug stay', () => {
  const text = [
    'Usage: netdebug client [options]',
    'Holds connections to a netdebug server.',
    '  netdebug client --host 10.48.14.50    see "netdebug lab list"',
    '  sudo netdebug observe --out evidence',
    '    Try it: netdebug lab run --fix x',
    '  docker push registry.example/netdebug:observer',
  ].join('\n');
  assert.equal(
    asTyped(text, 'bin/netdebug'),
    [
      'Usage: bin/netdebug client [options]',
      'Holds connections to a netdebug server.',
      '  bin/netdebug client --host 10.48.14.50    see "bin/netdebug lab list"',
      '  sudo bin/netdebug observe --out evidence',
      '    Try it: bin/netdebug lab run --fix x',
      '  docker push registry.example/netdebug:observer',
    ].join('\n'),
  );
  assert.equal(asTyped(text, 'netdebug'), text);
});

test("as kubectl's plugin, the cluster's commands are its own, and what is for a node stays what it is", () => {
  const text = [
    'Usage: kubectl netdebug watch [options] <target>',
    '  netdebug cluster run --image x        see "netdebug cluster cleanup"',
    '  netdebug explain',
    'run "netdebug watch" on each node',
    '  sudo netdebug observe --out evidence',
    'Holds connections to a netdebug server.',
  ].join('\n');
  assert.equal(
    asTyped(text, 'kubectl netdebug'),
    [
      'Usage: kubectl netdebug watch [options] <target>',
      '  kubectl netdebug run --image x        see "kubectl netdebug cleanup"',
      '  kubectl netdebug explain',
      'run "netdebug watch" on each node',
      '  sudo netdebug observe --out evidence',
      'Holds connections to a netdebug server.',
    ].join('\n'),
  );
});

test('the tests run in a checkout, and so does what they start', () => {
  assert.equal(ownName(), 'bin/netdebug');
  assert.equal(ownNameAsRoot(), 'sudo bin/netdebug');
});

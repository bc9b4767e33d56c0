// A long command is broken so that a shell reads the same words from it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { commandLines } from '../../src/report/command-lines.ts';
import { widthOf } from '../../src/report/wrap.ts';

const command = `printf '%s|' sudo tcpdump -n -i any -y LINUX_SLL2 -w again.pcap 'tcp and (host 10.61.0.1 or host 10.61.0.2)' "a  b"`;
const printedBy = (script: string) => spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout;

describe('a command in lines', () => {
  test('is no wider than the terminal, as its words allow, and the same to a shell', () => {
    for (const columns of [60, 70, 80, 100]) {
      const lines = commandLines(command, columns, '  next  ', '          ');
      assert.ok(lines.length > 1);
      assert.deepEqual(
        lines.filter((line) => widthOf(line) > columns),
        [],
      );
      assert.equal(printedBy(lines.join('\n').replace('  next  ', '')), printedBy(command));
    }
  });

  test('is whole where there is room, or where it is more than words', () => {
    assert.deepEqual(commandLines(command, Infinity, '  '), [`  ${command}`]);
    assert.deepEqual(commandLines("echo  'two blanks'", 10, '  '), ["  echo  'two blanks'"]);
    assert.deepEqual(commandLines("echo it's open", 10, '  '), ["  echo it's open"]);
  });
});

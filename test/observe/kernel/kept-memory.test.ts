import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { linesOf, sortOut, type Sorted } from './recorded-trace.ts';

/** Only what lives is counted after it. */
function collected(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const pieceBytes = 65_536;

/** As it comes through a pipe: with very many others. */
function inAPiece(line: string, index: number): string {
  const others = `${String(index).padEnd(100, 'x')}\n`.repeat(pieceBytes / 100);
  return `${others}${line}`.split('\n').at(-1) ?? '';
}

describe('an event that is kept', () => {
  it('does not keep in memory what was read with it', () => {
    const line = linesOf('unread-v4').find((one) => one.includes('tcp_receive_reset')) ?? '';
    const all: Sorted[] = [];
    const before = collected();
    for (let index = 0; index < 300; index += 1) all.push(sortOut([inAPiece(line, index)]));
    const grown = collected() - before;
    assert.equal(all.filter(({ kept }) => kept.length === 1).length, 300);
    assert.ok(grown < (300 * pieceBytes) / 4, `${grown} bytes`);
  });
});

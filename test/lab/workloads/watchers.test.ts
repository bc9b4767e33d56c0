// The end of a watcher: in order, or its log is cut off and must not be taken for whole.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { endWatcher } from '../../../src/lab/workloads/watchers.ts';
import { startProgram, type Program } from '../../../src/system/process.ts';
import { Readable } from 'node:stream';

/** A program that says when it can be told to end. */
async function started(onEnd: string): Promise<Program> {
  const words = new Readable({ read: () => undefined });
  const script = `process.on('SIGTERM', () => { ${onEnd} }); setInterval(() => undefined, 1e6); console.log('there');`;
  const program = startProgram([process.execPath, '-e', script], { onStdout: (chunk) => words.push(chunk) });
  await once(words, 'data');
  return program;
}

test('a watcher that gives its last judgement has ended well', async () => {
  await endWatcher('node-1', await started('process.exit(0)'));
});

test('one that does not end in time, or fails as it ends, has not, and that is said', async () => {
  await assert.rejects(endWatcher('node-1', await started(''), 100), {
    kind: 'fault',
    message: 'the watcher of node-1 did not end within 0.1 s: (it said nothing)',
  });
  const failing = await started("console.error('no judgement'); process.exit(70)");
  await assert.rejects(endWatcher('node-2', failing), {
    kind: 'fault',
    message: 'the watcher of node-2 ended with 70: no judgement',
  });
});

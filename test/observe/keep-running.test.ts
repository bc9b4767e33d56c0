import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keepRunning } from '../../src/observe/keep-running.ts';
import type { Exit } from '../../src/system/process.ts';

/** A tool that ends when it is told to. */
function makeTool(number: number) {
  const { promise: exited, resolve } = Promise.withResolvers<Exit>();
  const end = (): Promise<Exit> => {
    resolve({ exitCode: 1, signal: null });
    return exited;
  };
  return { number, end, program: { exited, stop: end } };
}
type Tool = ReturnType<typeof makeTool>;

/** Keeps tools of which those after the first `starts` cannot be started; `said` is what the witness said of itself. */
async function keep(starts: number) {
  const said: string[] = [];
  const tools: Tool[] = [];
  const kept = await keepRunning<Tool>(
    {
      failed: (text, final) => void said.push(`${final ? 'failed' : 'failing'}: ${text}`),
      limited: (text) => void said.push(`limited: ${text}`),
    },
    {
      name: 'the tool',
      start() {
        if (tools.length === starts) return Promise.reject(new Error('no more'));
        tools.push(makeTool(tools.length + 1));
        return Promise.resolve(tools.at(-1)!);
      },
      ended: ({ number }) => `number ${number} ended`,
    },
  );
  return { said, tools, kept };
}
/** Lets everything happen that waits for nothing outside. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a tool that is kept running', () => {
  it('is started once more when it ends, and given up when it ends again', async () => {
    const { said, tools, kept } = await keep(9);
    await tools[0]!.end();
    await settled();
    assert.equal(kept.current(), tools[1]);
    await tools[1]!.end();
    await settled();
    assert.deepEqual(said, [
      'failing: number 1 ended; it is started again',
      'limited: it runs again; what happened in between is missing',
      'failed: number 2 ended',
    ]);
    await kept.stop();
    assert.equal(tools.length, 2);
  });

  it('is given up at once when it cannot be started again', async () => {
    const { said, tools } = await keep(1);
    await tools[0]!.end();
    await settled();
    assert.deepEqual(said, [
      'failing: number 1 ended; it is started again',
      'failed: the tool could not be started again: Error: no more',
    ]);
  });

  it('that is stopped says nothing and is not started again', async () => {
    const { said, tools, kept } = await keep(9);
    await kept.stop();
    await settled();
    assert.deepEqual([said, tools.length], [[], 1]);
  });
});

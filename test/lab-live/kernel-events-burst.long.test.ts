import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { it } from 'node:test';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { run } from '../../src/system/process.ts';
import { labSkip, newFolder, tracefsSkip } from './netdebug.ts';
import { readEvents } from './observed-world.ts';

const inside = resolve(import.meta.dirname, 'kernel-events-burst-inside.ts');
const connections = 10_000;

it(
  'of ten thousand resets at once each is told, or said to be lost: as many as the kernel has counted',
  { skip: (await labSkip()) || (await tracefsSkip()) },
  async (t) => {
    const folder = await newFolder(t);
    const words = [process.execPath, inside, folder, String(connections)];
    const { exitCode, stdout, stderr } = await run([...sandboxArgv(true), ...words], { timeoutMs: 180_000 });
    assert.equal(exitCode, 0, stderr);
    const observed = JSON.parse(stdout) as {
      readonly exitCode: number;
      readonly stderr: string;
      readonly bursts: readonly number[];
      readonly cpuMs: number;
      readonly idleKib: number;
      readonly peakKib: number;
    };
    assert.equal(observed.exitCode, 0, observed.stderr);
    const events = await readEvents(folder);
    const last = events.findLast((event) => event.event === 'source' && event.source === 'kernel-events');
    assert.ok(last?.event === 'source' && last.lost !== null);
    t.diagnostic(
      `${observed.bursts.join(' and ')} ms; ${observed.cpuMs} ms of CPU, ${observed.idleKib} KiB before, ${observed.peakKib} KiB at most; ${last.lost} lost; ${last.text}`,
    );

    const [, sent, allSent, ended, allEnded] = (
      /told: (\d+) of (\d+) RSTs that were sent, (\d+) of (\d+) connections/.exec(last.text) ?? []
    ).map(Number);
    assert.ok(allSent !== undefined && allEnded !== undefined && sent !== undefined && ended !== undefined);
    // Both ends of each are connections that ended without a FIN.
    assert.ok(allSent >= 2 * connections && allEnded >= 4 * connections, last.text);
    assert.ok(sent <= allSent && ended <= allEnded, last.text);
    assert.ok(last.lost >= allSent - sent + allEnded - ended, 'what is missing is said');
    if (last.lost > 0) return;

    assert.deepEqual([sent, ended], [allSent, allEnded]);
    const written = (tracepoint: string) =>
      events.filter((event) => event.event === 'kernel' && event.tracepoint === tracepoint);
    assert.equal(written('send-reset').length, allSent);
    assert.equal(written('receive-reset').length, 2 * connections);
    // Beside them not everything is written, and that is said.
    const leftOut = /; (\d+) came too fast to be kept/.exec(last.text)?.[1];
    assert.ok(Number(leftOut) > 0, last.text);
    const byUs = written('send-reset').filter(
      (event) => event.event === 'kernel' && event.context === 'process' && event.process?.pid === 1,
    );
    assert.equal(byUs.length, allSent);
  },
);

import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { after, before, describe, it } from 'node:test';
import type { KernelEvent } from '../../src/model/kernel-event.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { run } from '../../src/system/process.ts';
import { labSkip, newFolder, tracefsSkip } from './netdebug.ts';
import { readEvents } from './observed-world.ts';

const inside = resolve(import.meta.dirname, 'kernel-events-inside.ts');

const skip = (await labSkip()) || (await tracefsSkip());

describe(
  'the kernel as a witness of a node with one pod, beside another node on the same machine',
  { skip },
  () => {
    let events: readonly KernelEvent[] = [];
    let raw = '';
    let said = '';

    let parent = '';
    before(async () => {
      parent = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
      const folder = join(parent, 'run');
      const words = [...sandboxArgv(process.getuid?.() === 0), process.execPath, inside, folder];
      const { exitCode, stdout, stderr } = await run(words, { timeoutMs: 120_000 });
      assert.equal(exitCode, 0, stderr);
      const observed = JSON.parse(stdout) as { exitCode: number | null; stderr: string };
      said = observed.stderr;
      assert.equal(observed.exitCode, 0, said);
      raw = await readFile(join(folder, 'evidence/here/kernel-events.log'), 'utf8');
      events = (await readEvents(folder)).filter((event) => event.event === 'kernel');
    });

    after(() => rm(parent, { recursive: true, force: true }));

    const at = (port: number, tracepoint: KernelEvent['tracepoint'], address = '10.77.1.1') =>
      events.filter(
        (event) =>
          event.tracepoint === tracepoint &&
          [`${event.tuple?.src} ${event.tuple?.sport}`, `${event.tuple?.dst} ${event.tuple?.dport}`].includes(
            `${address} ${port}`,
          ),
      );
    const short = (event: KernelEvent | undefined) =>
      `${event?.context} ${event?.state ?? ''} ${event?.reason ?? ''}`;

    for (const address of ['10.77.1.1', 'fd77:1::1']) {
      it(`tells a close with unread data, one without lingering, and a closed port apart (${address})`, () => {
        const reasons = [7001, 7002, 7005].map((port) => at(port, 'send-reset', address).map(short));
        assert.deepEqual(reasons, [
          ['process CLOSE TCP_ABORT_ON_CLOSE'],
          ['process CLOSE TCP_STATE'],
          ['interrupt UNKNOWN NO_SOCKET'],
        ]);
        // The pod's end is the node's, too.
        for (const port of [7001, 7002, 7005]) assert.equal(at(port, 'receive-reset', address).length, 1);
      });
    }

    it('names the program that destroyed a socket under another', () => {
      const [reset] = at(7004, 'send-reset');
      assert.equal(short(reset), 'process ESTABLISHED TCP_STATE');
      assert.equal(reset?.process?.command, 'ss');
      assert.deepEqual(
        at(7004, 'socket-error').map(({ number }) => number),
        [103],
      );
    });

    it('shows by which way a socket came to send its RST', () => {
      const ways = [7001, 7002, 7003, 7004].map((port) => at(port, 'send-reset')[0]?.stack ?? []);
      const functions = ['do_exit', 'tcp_disconnect', 'tcp_abort'];
      const found = ways.map((stack) => functions.map((name) => stack.includes(name)));
      assert.deepEqual(
        found,
        [
          // A close() with unread data, one without lingering, a process that is killed, `ss -K`.
          [false, false, false],
          [false, true, false],
          [true, false, false],
          [false, false, true],
        ],
        JSON.stringify(ways),
      );
      assert.ok(ways.every((stack) => stack[0] === 'tcp_send_active_reset'));
      assert.deepEqual(at(7005, 'send-reset')[0]?.stack, []);
    });

    it('shows of a rule that rejects only that a RST came', () => {
      assert.equal(at(7006, 'receive-reset').length, 1);
      assert.equal(at(7006, 'send-reset').length, 0);
    });

    it('knows by its socket a listener that answers whom it does not know, and has no address', () => {
      const answers = events.filter(
        ({ tracepoint, state }) => tracepoint === 'send-reset' && state === 'LISTEN',
      );
      assert.deepEqual(
        answers.map(({ tuple, context, reason }) => [tuple?.src, tuple?.sport, context, reason]),
        [['::', 7007, 'interrupt', 'TCP_FLAGS']],
      );
    });

    it('tells of a process that was killed: the signal, its end, and its RST, by the same process', () => {
      const [reset] = at(7003, 'send-reset');
      assert.equal(short(reset), 'process CLOSE TCP_ABORT_ON_CLOSE');
      // By the kernel's number: one that lived that shortly has no other that is known.
      const ends = events.filter(({ targetTask }) => targetTask === reset?.task);
      assert.deepEqual(
        ends.map(({ tracepoint }) => tracepoint),
        ['signal', 'process-exit'],
      );
      assert.equal(ends[0]?.number, 9);
      assert.ok(ends[0].at < (reset?.at ?? ''));
    });

    it("keeps nothing of the other node's, in events or in the raw file", () => {
      assert.ok(raw.includes('10.77.1.1'));
      assert.doesNotMatch(raw, /10\.88\.|fd88:|:7900\b/);
      assert.ok(events.every(({ text }) => raw.includes(text)));
      assert.match(said, /^kernel-events +stopped .*; \d+ of other namespaces/m);
    });

    it("has told of every RST that the kernel's counters know, and nothing was lost", () => {
      const [, sent, allSent, ended, allEnded] =
        /told: (\d+) of (\d+) RSTs that were sent, (\d+) of (\d+) connections that ended without a FIN$/m.exec(
          said,
        ) ?? [];
      assert.equal(sent, allSent, said);
      assert.equal(ended, allEnded, said);
      assert.ok(Number(sent) >= 8, said);
    });
  },
);

const notFirst = process.platform === 'linux' && readlinkSync('/proc/self/ns/pid') !== 'pid:[4026531836]';

describe(
  "in the machine's pid namespace",
  { skip: skip || (notFirst && 'needs the pid namespace of the machine') },
  () => {
    it('the process is looked up, and with it connections by the loopback', async (t) => {
      const folder = await newFolder(t);
      const script = resolve(import.meta.dirname, 'kernel-events-own-pids-inside.ts');
      const words = ['unshare', '--net', '--mount', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
      const { exitCode, stdout, stderr } = await run([...words, process.execPath, script, folder], {
        timeoutMs: 60_000,
      });
      assert.equal(exitCode, 0, stderr);
      const { pid, events } = JSON.parse(stdout) as { pid: number; events: NodeEvent[] };
      const kernel = events.filter((event) => event.event === 'kernel');
      const [reset] = kernel.filter(({ tracepoint }) => tracepoint === 'send-reset');
      assert.deepEqual(
        [reset?.context, reset?.process?.pid, reset?.process?.command, reset?.reason],
        ['process', pid, basename(process.execPath), 'TCP_STATE'],
      );
      assert.ok(kernel.some(({ tracepoint }) => tracepoint === 'receive-reset'));
      const last = events.findLast((event) => event.event === 'source');
      assert.match(last?.text ?? '', /told: 1 of 1 RSTs that were sent, 2 of 2 connections/);
      assert.equal(last?.event === 'source' ? last.lost : null, 0);
      const states = events.flatMap((event) => (event.event === 'source' ? [event.state] : []));
      assert.deepEqual(states, ['started', 'stopped']);
    });
  },
);

describe('in a pid namespace through which nothing of the machine is seen', { skip }, () => {
  it('processes are numbers, the loopback is not told, and both are said', async (t) => {
    const folder = await newFolder(t);
    const script = resolve(import.meta.dirname, 'kernel-events-own-pids-inside.ts');
    // As in a container without hostPID: below its /proc there is no other.
    const shell = 'umount -l /proc && mount -t proc proc /proc && ip link set lo up && exec "$@"';
    const words = ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', shell, 'sh'];
    const { exitCode, stdout, stderr } = await run([...words, process.execPath, script, folder], {
      timeoutMs: 60_000,
    });
    assert.equal(exitCode, 0, stderr);
    const { events } = JSON.parse(stdout) as { events: NodeEvent[] };
    assert.deepEqual(
      events.filter((event) => event.event === 'kernel'),
      [],
    );
    const limited = events.flatMap((event) =>
      event.event === 'source' && event.state === 'limited' ? [event.text] : [],
    );
    assert.match(limited[0] ?? '', /connections by the loopback are not seen: .*hostPID/);
    // What the counters know and nobody told is lost.
    const last = events.findLast((event) => event.event === 'source');
    assert.ok(last?.event === 'source' && (last.lost ?? 0) > 0, last?.text);
  });
});

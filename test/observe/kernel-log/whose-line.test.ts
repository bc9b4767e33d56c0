import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { describe, it } from 'node:test';
import { whoseLines } from '../../../src/observe/kernel-log/whose-line.ts';

const netnsOf = (proc: string) => Number(/[0-9]+/.exec(readlinkSync(`${proc}/ns/net`))?.[0]);

describe(
  "whose a line of the kernel's log is",
  { skip: process.platform !== 'linux' && 'needs Linux' },
  () => {
    it('is told by the network namespace that it names: the node’s, a pod’s, or nobody’s here', async (t) => {
      if (process.getuid?.() !== 0) {
        t.skip('needs root');
        return;
      }
      const child = spawn('unshare', ['--net', 'sh', '-c', 'echo in; exec sleep 600'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      try {
        await once(child.stdout, 'data');
        const proc = `/proc/${child.pid}`;
        const full = (namespace: number) => ({ kind: 'conntrack-full', namespace }) as const;
        const both = whoseLines(
          { name: 'here', proc: '/proc/self' },
          { find: () => [{ address: '10.0.0.2', id: 1, proc }] },
        );
        assert.equal(both.scopeOf(full(netnsOf('/proc/self'))), 'here');
        assert.equal(both.scopeOf(full(netnsOf(proc))), '10.0.0.2');
        const alone = whoseLines({ name: 'here', proc: '/proc/self' }, { find: () => [] });
        assert.equal(alone.scopeOf(full(netnsOf(proc))), undefined);
        // A node that is a part of this machine has no claim on what names no namespace.
        const part = whoseLines({ name: 'part', proc }, { find: () => [] });
        assert.equal(part.isMachine, false);
        // That somebody was killed for memory is told all the same: of whom, nobody can say.
        assert.equal(part.scopeOf({ kind: 'oom-kill', pid: 1 }), '');
        assert.equal(part.scopeOf({ kind: 'conntrack-full' }), undefined);
        assert.equal(part.scopeOf(full(netnsOf(proc))), 'part');
      } finally {
        child.kill('SIGKILL');
      }
    });
  },
);

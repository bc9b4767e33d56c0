// What an observer of a watched cluster tells: the reset, by who asks over streams as `kubectl exec` has them; nothing of what was said on
// the connection; and when nobody asks any more, it ends.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { observerLineSchema } from '../../src/model/observer-line.ts';
import { run } from '../../src/system/process.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { labSkip, newFolder } from './netdebug.ts';

const asRoot = process.getuid?.() === 0;
const secret = 'the-secret-that-is-not-to-be-told';

describe('an observer that serves', { skip: await labSkip() }, () => {
  it('tells of a reset, and nothing of its payload; unasked, it ends', async (t) => {
    const socket = `${await newFolder(t)}.sock`;
    const inside = join(import.meta.dirname, 'observer-stream-inside.ts');
    const { exitCode, stdout, stderr } = await run(
      [...sandboxArgv(asRoot), process.execPath, inside, socket, secret],
      {
        timeoutMs: 120_000,
      },
    );
    assert.equal(exitCode, 0, stderr);
    const seen = JSON.parse(stdout) as {
      lines: string[];
      silentAfterMs: number;
      exitCode: number | null;
      stderr: string;
    };
    const lines = seen.lines.map((line) => observerLineSchema.parse(JSON.parse(line)));
    const packets = lines.flatMap((line) =>
      line.kind === 'event' && line.event.event === 'packet' ? [line.event] : [],
    );
    assert.ok(packets.some(({ flags }) => flags === 'R.'));
    // Its data packet was seen, and its length is all that is told of what it held.
    assert.ok(packets.some(({ payloadLength }) => payloadLength === secret.length));
    const all = seen.lines.join('\n');
    for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')])
      assert.ok(!all.includes(form.slice(0, 12)), form);
    assert.equal(seen.exitCode, 0, seen.stderr);
    assert.ok(seen.silentAfterMs < 60_000, `${seen.silentAfterMs} ms`);
    assert.ok(!existsSync(socket));
  });
});

// A new witness is one file and one line: the checks pass, its lines and events are in the evidence, and they can be read anywhere.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { nodeEventSchema } from '../src/model/node-event.ts';
import { sandboxArgv } from '../src/lab/world/sandbox.ts';
import { run } from '../src/system/process.ts';
import { labSkip, newFolder } from './lab-live/netdebug.ts';
import { complaints, withCopy } from './toy-copy.ts';

const toy = `// How long the kernel has run, once.
import { readFileSync } from 'node:fs';
import { formatMicros } from '../model/clock.ts';
import type { Witness } from './witness.ts';

export const toy: Witness = {
  name: 'toy',
  extension: 'txt',
  share: 1,
  start({ node, clock, openRaw, emit }) {
    const text = readFileSync('/proc/uptime', 'utf8').trim();
    openRaw().write(\`\${text}\\n\`);
    const at = formatMicros(clock.now());
    emit({ event: 'counters', at, scope: node, since: at, changes: {}, values: { uptime: Number.parseFloat(text) } }, text);
    return { scope: 'the uptime', stop: () => Promise.resolve({ lost: 0, text: 'one line' }) };
  },
};
`;
const edits = {
  'src/observe/toy.ts': toy,
  'src/observe/witnesses.ts': (text: string) => `${text}export { toy } from './toy.ts';\n`,
};
const skip = await labSkip();

describe('a new witness of one file and one line', () => {
  it('passes the checks; with a mistake in it, it does not', async (t) => {
    const wrong = toy.replace('share: 1', "share: 'some'").replace('../model/clock.ts', '../report/table.ts');
    const [right, said = ''] = await Promise.all(
      [toy, wrong].map(async (text) =>
        complaints(await withCopy(t, { ...edits, 'src/observe/toy.ts': text })),
      ),
    );
    assert.equal(right, '');
    assert.match(said, /src\/observe\/toy\.ts\(\d+,\d+\): error TS2322: Type 'string' is not assignable/);
    assert.match(said, /observe-imports-only-its-row: src\/observe\/toy\.ts → src\/report\/table\.ts/);
  });

  it(
    'has its raw file and its events in the evidence, which the program without it can read',
    { skip },
    async (t) => {
      const main = join(await withCopy(t, edits), 'src/cli/main.ts');
      const folder = await newFolder(t);
      const words = [
        process.execPath,
        main,
        'observe',
        '--out',
        folder,
        '--node',
        'here',
        '--duration',
        '100ms',
      ];
      const asRoot = process.getuid?.() === 0;
      const { exitCode, stderr } = await run([...sandboxArgv(asRoot), ...words]);
      assert.equal(exitCode, 0, stderr);
      assert.match(stderr, /^toy +started +the uptime$/m);
      assert.match(stderr, /^toy +stopped +one line$/m);
      const raw = await readFile(join(folder, 'evidence/here/toy.txt'), 'utf8');
      const lines = (await readFile(join(folder, 'evidence/here/events.ndjson'), 'utf8'))
        .trimEnd()
        .split('\n');
      const events = lines.map((line) => nodeEventSchema.parse(JSON.parse(line)));
      const [told, ...others] = events.filter(
        (event) => event.source === 'toy' && event.event === 'counters',
      );
      assert.deepEqual(others, []);
      assert.ok(told?.event === 'counters');
      assert.deepEqual(
        [`${told.text}\n`, told.file, told.values['uptime']],
        [raw, 'evidence/here/toy.txt', Number.parseFloat(raw)],
      );
    },
  );
});

// The manual pages: one for each command that help names, with all that help says of it, and no word that man or mandoc objects to.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { describe as described, type Described } from '../../scripts/release/man/described.ts';
import { manPages } from '../../scripts/release/man-pages.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { findTool } from '../../src/system/find-tool.ts';

const lacks = (tool: string) => findTool(tool) === undefined && `${tool} is not installed`;

let folder = '';
let pages: ReadonlyMap<string, string> = new Map();
let commands: readonly Described[] = [];
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netdebug-man-'));
  pages = await manPages({ version: '1.2.3', date: '2026-11-29' });
  commands = described(await buildProgram([]));
  for (const [name, text] of pages) await writeFile(join(folder, name), text);
});
after(() => rm(folder, { recursive: true, force: true }));

/** As it is shown, a line of 100 columns. */
const shown = (name: string, ...words: readonly string[]) =>
  spawnSync('man', [...words, '-l', join(folder, name)], {
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '100', MANPAGER: 'cat', LC_ALL: 'C.UTF-8', GROFF_NO_SGR: '1' },
  });

test('each command that help names has a page, and nothing else has', () => {
  const names = commands.map(({ words }) => `${words.replaceAll(' ', '-')}.1`);
  assert.deepEqual([...pages.keys()], names);
  for (const name of ['netdebug.1', 'netdebug-lab.1', 'netdebug-lab-run.1', 'netdebug-watch.1'])
    assert.ok(names.includes(name), name);
  assert.ok(names.length > 20 && names.every((name) => !name.includes('inside')));
});

test('a page has each option and argument with what help says of it, the examples, and the exit codes', () => {
  const text = (name: string) =>
    (pages.get(name) ?? '')
      .replace(/\\f[BIR]/g, '')
      .replaceAll('\\-', '-')
      .replaceAll('\\&', '');
  for (const { words, options, args, commands: subs } of commands) {
    const name = words.replaceAll(' ', '-');
    const found = text(`${name}.1`);
    assert.ok(found.startsWith(`.TH ${name.toUpperCase()} 1 "2026-11-29" "netdebug 1.2.3" "netdebug"\n`));
    for (const { term } of [...options, ...args])
      assert.ok(found.includes(`\n.TP\n${term}\n`), `${name} ${term}`);
    for (const { term } of subs) assert.ok(found.includes(`${name}-${term}(1)`), `${name} ${term}`);
  }
  const diagnose = text('netdebug-diagnose.1');
  assert.match(diagnose, /^\.SH EXAMPLES\n\.EX\nnetdebug diagnose reset\.pcap /m);
  assert.match(diagnose, /^\.SH EXIT STATUS\nExit codes: 0 all lost connections are explained/m);
  assert.match(text('netdebug-explain.1'), /^\.SH SEE ALSO\nnetdebug\(1\)/m);
});

test('no line is taken for a request, and no sign is lost', async () => {
  const { plain } = await import('../../scripts/release/man/roff.ts');
  assert.equal(plain(".so x\n'a\\b-c’"), "\\&.so x\n\\&'a\\eb\\-c\\[u2019]");
});

test('mandoc has nothing to say against them', { skip: lacks('mandoc') }, () => {
  const files = [...pages.keys()].map((name) => join(folder, name));
  assert.equal(execFileSync('mandoc', ['-T', 'lint', '-W', 'warning', ...files], { encoding: 'utf8' }), '');
});

describe('man', { skip: lacks('man') }, () => {
  test('has nothing to say against them', () => {
    for (const name of pages.keys()) {
      const { stderr, status } = shown(name, '--warnings');
      assert.deepEqual({ stderr, status }, { stderr: '', status: 0 }, name);
    }
  });

  test('shows what help says', () => {
    const { stdout } = shown('netdebug-lab-run.1');
    assert.match(stdout, /^NAME\n +netdebug-lab-run - run a scenario in private namespaces/m);
    assert.match(stdout, /^ +--dry-run\n +print all that would be done, as commands, and do nothing$/m);
    assert.match(stdout, /^ +netdebug lab run --dry-run \| less +what would be built$/m);
  });
});

// What is printed on a terminal, in a pipe, and where colours are not wanted: the same words, set otherwise.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { firstScreenOfDiagnosis } from '../../src/report/first-screen/of-diagnosis.ts';
import { widthOf } from '../../src/report/wrap.ts';
import { noTerminal, onTerminalOf } from '../on-terminal.ts';
import { mainScript } from '../program.ts';
import { assertSaidIn, lastRowsOf, withBriefCures } from '../report/first-screen/last-rows.ts';
import { recordedDiagnosis } from '../report/recorded.ts';

const captures = resolve(import.meta.dirname, '../recorded/cases/captures');
const words = [process.execPath, mainScript, 'diagnose', 'quiet-after-reset.pcap'];

function printed(command: readonly string[], env: Readonly<Record<string, string>>): string {
  const [program = '', ...rest] = command;
  const base = { PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...env };
  const { stdout } = spawnSync(program, rest, { encoding: 'utf8', cwd: captures, env: base });
  return stdout.replaceAll('\r\n', '\n');
}

/** In a terminal of its own. */
const onTerminal = (columns: number, env: Readonly<Record<string, string>> = {}): string =>
  printed(onTerminalOf(columns, words), env);

/** A command goes on behind a backslash. */
const oneLine = (text: string) => stripVTControlCharacters(text).replace(/ \\\n/g, '').replace(/\s+/g, '');
const tooWide = (text: string, columns: number) => text.split('\n').filter((line) => widthOf(line) > columns);

describe('what is printed', { skip: noTerminal }, () => {
  it('is as wide as the terminal, in colours, and says what a pipe says', () => {
    const piped = printed(words, {});
    for (const columns of [80, 60, 100]) {
      const text = onTerminal(columns);
      assert.deepEqual(tooWide(text, columns), []);
      assert.match(text, /\n\x1b\[1m\x1b\[31m3 connections were lost/);
    }
    // A terminal of 24 rows has room for whole cures only where they are short.
    assert.equal(oneLine(onTerminal(200)), oneLine(piped));
  });

  it('is plain with NO_COLOR and on a terminal that obeys no escapes', () => {
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const text = onTerminal(80, env);
      assert.match(text, /\n3 connections were lost/);
      assert.doesNotMatch(text, /\x1b/);
      assert.deepEqual(tooWide(text, 80), []);
    }
  });

  it('has its lines whole in a pipe, but where COLUMNS says how wide they may be', () => {
    const piped = printed(words, {});
    assert.doesNotMatch(piped, /\x1b/);
    assert.ok(tooWide(piped, 200).length > 0);
    const set = printed(words, { COLUMNS: '60' });
    assert.deepEqual(tooWide(set, 60), []);
    assert.doesNotMatch(set, /\x1b/);
  });

  it('ends with the answer, within 24 rows of 80 columns, for every recorded capture', async () => {
    for (const name of readdirSync(captures)) {
      const screen = withBriefCures(firstScreenOfDiagnosis(await recordedDiagnosis(name)));
      const command = [process.execPath, mainScript, 'diagnose', name];
      const shown = printed(onTerminalOf(80, command), { NO_COLOR: '1' });
      // One row is the prompt's.
      assertSaidIn(lastRowsOf(shown, 23), screen);
      assert.deepEqual(tooWide(shown, 80), []);
    }
  });

  it('is said in --help', () => {
    const help = printed([process.execPath, mainScript, 'diagnose', '--help'], {});
    assert.match(
      help,
      /On a terminal, text is as wide as it is; elsewhere lines are not broken, but at COLUMNS/,
    );
  });
});

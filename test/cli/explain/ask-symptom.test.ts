// The questions of `explain --symptom`, on a terminal of its own: what is typed, and what is found.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { noTerminal, onTerminalOf } from '../../on-terminal.ts';
import { mainScript } from '../../program.ts';

const deadlineMs = 60_000;

/** Types each answer when one more question stands there; says what was shown, and the exit code. */
async function answered(
  t: TestContext,
  answers: readonly string[],
): Promise<{ shown: string; exitCode: unknown }> {
  const [program = '', ...words] = onTerminalOf(100, [process.execPath, mainScript, 'explain', '--symptom']);
  const child = spawn(program, words, { stdio: 'pipe', timeout: deadlineMs });
  const closed = once(child, 'close');
  t.after(() => child.kill('SIGKILL'));
  let shown = '';
  let typed = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text.replaceAll('\r', '');
    const prompts = shown.match(/^> /gm)?.length ?? 0;
    while (typed < Math.min(prompts, answers.length)) {
      child.stdin.write(answers[typed] ?? '');
      typed += 1;
    }
  });
  const [exitCode] = (await closed) as [unknown];
  return { shown, exitCode };
}

test('answers lead to pages; a number that is none is asked again', { skip: noTerminal }, async (t) => {
  const { shown, exitCode } = await answered(t, ['1\n', '9\n', '1\n', '\n', '\n', '1\n']);
  assert.equal(exitCode, 0, shown);
  assert.match(shown, /^How did it end\? \(Enter: not known\)\n {2}1 {2}reset /);
  assert.match(shown, /^A number from 1 to 2, or Enter\.$/m);
  assert.match(shown, /^[0-9]+ causes? fits?\.$/m);
  assert.match(shown, /^1\. .*\n(?: {3}.*\n)*? {3}.*netdebug.* explain [a-z-]+$/m);
});

test('the end of the input ends the questions', { skip: noTerminal }, async (t) => {
  const { shown, exitCode } = await answered(t, ['2\n', '\u0004']);
  assert.equal(exitCode, 0, shown);
  assert.match(shown, /^1\. /m);
  assert.doesNotMatch(shown, /How many connections/);
});

test('Ctrl-C ends it with 130, and finds nothing', { skip: noTerminal }, async (t) => {
  const { shown, exitCode } = await answered(t, ['1\n', '\u0003']);
  assert.equal(exitCode, 130, shown);
  assert.doesNotMatch(shown, /^1\. /m);
});

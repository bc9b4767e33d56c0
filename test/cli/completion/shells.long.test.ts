// The scripts in the shells that they are for: what is offered, and what Tab puts into the line on a terminal.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findTool } from '../../../src/system/find-tool.ts';
import { noTerminal, onTerminalOf } from '../../on-terminal.ts';
import { mainScript } from '../../program.ts';
import { inPath, type InPath } from './in-path.ts';

const lacks = (shell: string) => findTool(shell) === undefined && `${shell} is not installed`;

let path: InPath;
const cleanups: (() => Promise<void>)[] = [];
before(async () => {
  path = await inPath({ after: (fn) => void cleanups.push(fn as () => Promise<void>) });
  for (const shell of ['bash', 'zsh', 'fish']) {
    const words = [mainScript, 'completion', shell];
    writeFileSync(join(path.home, `script.${shell}`), execFileSync(process.execPath, words));
  }
  mkdirSync(join(path.home, 'captures of today'));
  writeFileSync(join(path.home, 'capture.pcap'), '');
});
after(async () => {
  for (const clean of cleanups) await clean();
});

/** The words typed, the last one unfinished, and what is offered for it. */
const cases: readonly (readonly [string[], string[]])[] = [
  [['dia'], ['diagnose']],
  [
    ['lab', 'm'],
    ['matrix', 'mesh'],
  ],
  [['explain', 'conntrack-i'], ['conntrack-invalid']],
  [['lab', 'run', 'policy-reject', '--variant', 'one'], ['one-client']],
  [
    ['completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
  [['doctor', '--j'], ['--json']],
  [['cluster', 'run', '--namespace', ''], []],
  [['report', 'capt'], ['captures of today']],
];

const ask = (file: string, words: readonly string[]) =>
  execFileSync(file, words, { cwd: path.home, env: path.env, encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')
    .sort();

/** Types it at the prompt of a shell on a terminal, as soon as that is there; says what was shown until `shown` was. */
async function typed(shell: readonly string[], text: string, shown: RegExp): Promise<string> {
  const [file = '', ...words] = onTerminalOf(120, ['env', 'TERM=dumb', ...shell]);
  const child = spawn(file, words, { cwd: path.home, env: path.env, stdio: 'pipe', timeout: 60_000 });
  const closed = once(child, 'close');
  let output = '';
  let isTyped = false;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    output += piece.replaceAll('\r', '');
    if (!isTyped && output.includes('READY> ')) {
      isTyped = true;
      child.stdin.write(text);
    }
    if (shown.test(output)) child.kill();
  });
  await closed;
  return output;
}

const bash = (): string[] => ['bash', '--noprofile', '--rcfile', join(path.home, 'bashrc'), '-i'];

describe('bash', { skip: lacks('bash') }, () => {
  // As bash calls it, with the words as it breaks them.
  const call = [
    'source "$HOME/script.bash"',
    'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))',
    '_netdebug 2>/dev/null',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const offered = (...words: readonly string[]) =>
    ask('bash', ['--norc', '-uc', call, 'bash', 'netdebug', ...words]);

  before(() => writeFileSync(join(path.home, 'bashrc'), 'PS1="READY> "; source "$HOME/script.bash"\n'));

  for (const [words, expected] of cases)
    test(`offers for "${words.join(' ')}"`, () => assert.deepEqual(offered(...words), expected));

  test('joins what it breaks at = and :', () => {
    assert.deepEqual(offered('client', '--close-with', '=', 'r'), ['reset']);
    assert.deepEqual(offered('client', '--close-with', '='), ['fin', 'reset', 'unread']);
    assert.deepEqual(offered('diagnose', '--html', '=', 'capture.'), ['capture.pcap']);
  });

  test('leaves files to bash, with blanks in their names', () => {
    assert.deepEqual(offered('diagnose', 'cap'), ['capture.pcap', 'captures of today']);
  });

  test('is read twice, and without the package bash-completion', () => {
    const twice = `source "$HOME/script.bash"; ${call}`;
    assert.deepEqual(ask('bash', ['--norc', '-uec', twice, 'bash', 'netdebug', 'dia']), ['diagnose']);
  });

  test('on a terminal, Tab puts the rest into the line', { skip: noTerminal }, async () => {
    const shown = await typed(bash(), 'netdebug explain conntrack-inv\t\n', /^conntrack-invalid: /m);
    assert.match(shown, /^conntrack-invalid: /m);
  });

  test('on a terminal, a folder is completed with its blanks', { skip: noTerminal }, async () => {
    const completed = /report captures\\ of\\ today\//;
    const shown = await typed(bash(), 'netdebug report capt\t', completed);
    assert.match(shown, completed);
  });
});

describe('zsh', { skip: lacks('zsh') || noTerminal }, () => {
  before(() => {
    const lines = ['PROMPT="READY> "', 'autoload -Uz compinit; compinit -u -D', 'source "$HOME/script.zsh"'];
    writeFileSync(join(path.home, '.zshrc'), `${lines.join('\n')}\n`);
  });

  test('Tab puts the rest into the line', async () => {
    const shown = await typed(
      ['zsh', '-d', '-i'],
      'netdebug explain conntrack-inv\t\n',
      /^conntrack-invalid: /m,
    );
    assert.match(shown, /^conntrack-invalid: /m);
  });

  test('Tab lists what can stand there, with what it is', async () => {
    const all = /icmp +-- as the first[^]*one-client +-- /;
    const shown = await typed(['zsh', '-d', '-i'], 'netdebug lab run policy-reject --variant \t', all);
    assert.match(shown, all);
  });

  test('of --option=VALUE the value is completed', async () => {
    const shown = await typed(
      ['zsh', '-d', '-i'],
      'netdebug explain --output=js\t conntrack-invalid\n',
      /"id": "conntrack-invalid"/,
    );
    assert.match(shown, /"id": "conntrack-invalid"/);
  });

  test('files are completed', async () => {
    const shown = await typed(['zsh', '-d', '-i'], 'netdebug diagnose capture.\t\n', /capture\.pcap .*\n/);
    assert.match(shown, /netdebug diagnose .*capture\.pcap/);
  });
});

describe('fish', { skip: lacks('fish') }, () => {
  const offered = (line: string) =>
    ask('fish', ['--no-config', '-c', 'source $HOME/script.fish; complete -C $argv[1]', line]).map(
      (offer) => offer.split('\t')[0],
    );

  for (const [words, expected] of cases.filter(([[command]]) => command !== 'report'))
    test(`offers for "${words.join(' ')}"`, () =>
      assert.deepEqual(offered(`netdebug ${words.join(' ')}`), expected));

  test('values behind =, and folders', () => {
    assert.deepEqual(offered('netdebug client --close-with=r'), ['--close-with=reset']);
    assert.deepEqual(offered('netdebug report capt'), ['captures of today/']);
    assert.deepEqual(offered('netdebug diagnose capture.'), ['capture.pcap']);
  });
});

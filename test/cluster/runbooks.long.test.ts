// The runbook of each alert, walked: every command in it is run, and what its output says to do next, to the end. A command that
// does not exist, or that ends with 64, is a dead end for whoever was woken.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { observerFolder } from '../../src/cluster/observer-objects.ts';
import { shellQuote } from '../../src/system/shell-quote.ts';
import { api, coordinate } from '../mesh/running-coordinator.ts';
import { root, rulesFile } from '../mesh/prometheus.ts';
import { mainScript } from '../program.ts';
import { kubectlSkip, underTest } from './against-fixture.ts';

interface Alert {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
interface Rules {
  readonly groups: readonly { readonly rules: readonly Partial<Alert>[] }[];
}

const { groups } = parse(readFileSync(rulesFile, 'utf8')) as Rules;
const alerts = groups.flatMap(({ rules }) => rules).filter((rule): rule is Alert => rule.alert !== undefined);
const recorded = resolve(import.meta.dirname, '../recorded/report/default');
/** As an alert's labels would have them. */
const labels: Readonly<Record<string, string>> = { node: 'node-a', class: 'same-node', path: 'service' };

/** What a real cluster takes minutes for. */
const quicker = '--duration 500ms --rollout-timeout 4s';
const inHaste = (command: string) => `${command.replace(/ --duration \S+/, '')} ${quicker}`;
const deadEnds = new Map<number | null, string>([
  [64, 'is refused'],
  [70, 'is a fault'],
  [126, 'cannot be run'],
  [127, 'is no command'],
  [null, 'was killed'],
]);

/** The commands of a runbook, in backquotes, with the labels filled in. */
function commandsIn(runbook: string): string[] {
  const filled = runbook.replaceAll(
    /\{\{ \$labels\.([a-z]+) \}\}/g,
    (_, label: string) => labels[label] ?? '',
  );
  return [...filled.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command);
}

/** What the output of a command says to type next: on a line of its own with what it shows, or at the end of a sentence. */
function nextIn(output: string): string[] {
  const lines = [...output.matchAll(/^ {2}(\S.*?) +# \S.*$/gm), ...output.matchAll(/: (netdebug \S.*)$/gm)];
  return lines.map(([, command = '']) => command);
}

/** Commands of netdebug that a text names in passing: those that are not lines to type. */
function namedIn(output: string): string[] {
  return [...output.matchAll(/netdebug ((?:mesh|cluster|lab) [a-z]+|[a-z]+)\b/g)].map(
    ([, words = '']) => words,
  );
}

/** A cluster with a mesh in it, a shell in which netdebug is a command, and what was run there. */
async function shellIn(t: TestContext) {
  const { apiUrl } = await api(t);
  const { url } = await coordinate(t, apiUrl);
  const there = await mkdtemp(join(tmpdir(), 'netdebug-runbook-'));
  t.after(() => rm(there, { recursive: true, force: true }));
  const evidence = join(there, 'pod', observerFolder, 'evidence/node-a');
  await cp(join(recorded, 'evidence/node-1'), evidence, { recursive: true });
  const proxied = { 'services/http:netdebug-mesh-coordinator:9465': url };
  const cluster = await underTest(t, { podFiles: { 'node-a': join(there, 'pod') }, proxied });
  const bin = join(there, 'bin');
  await mkdir(bin);
  await writeFile(
    join(bin, 'netdebug'),
    `#!/bin/sh\nexec ${shellQuote([process.execPath, mainScript])} "$@"\n`,
  );
  await chmod(join(bin, 'netdebug'), 0o755);
  const env = {
    ...process.env,
    ...{ PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: there, KUBECONFIG: cluster.kubeconfig },
  };
  return async (command: string) => {
    const child = spawn('/bin/sh', ['-c', command], { cwd: there, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, output };
  };
}

/** Runs the commands and all that they lead to; a sentence for each dead end. */
async function walk(run: Awaited<ReturnType<typeof shellIn>>, first: readonly string[]) {
  const known = new Set<string>();
  const open = [...first];
  const walked: string[] = [];
  const stuck: string[] = [];
  for (let command = open.shift(); command !== undefined && walked.length < 50; command = open.shift()) {
    if (known.has(command)) continue;
    known.add(command);
    walked.push(command);
    const typed = command.startsWith('netdebug mesh evidence') ? inHaste(command) : command;
    const { exitCode, output } = await run(typed);
    const why = deadEnds.get(exitCode);
    if (why !== undefined) stuck.push(`"${command}" ${why} (${exitCode}): ${output}`);
    if (!command.endsWith(' --help')) open.push(...nextIn(output));
    // That a page names a command is no step; that there is no such command is a dead end all the same.
    open.push(...namedIn(output).map((words) => `netdebug ${words} --help`));
  }
  assert.ok(walked.length < 50, 'the walk has an end');
  return { walked, stuck };
}

describe('the runbook of', { skip: kubectlSkip }, () => {
  for (const { alert, labels: own, annotations } of alerts) {
    test(`${alert} (${own['severity'] ?? ''}) can be walked to its end`, async (t) => {
      const commands = commandsIn(annotations['runbook'] ?? '');
      assert.ok(
        commands.some((command) => command.startsWith('netdebug ')),
        'a runbook has a command of netdebug in backquotes',
      );
      const { walked, stuck } = await walk(await shellIn(t), commands);
      assert.deepEqual(stuck, []);
      if (commands.some((command) => command.includes('mesh evidence'))) {
        const kinds = walked.map((command) => command.split(' ').slice(0, 2).join(' '));
        for (const kind of ['netdebug diagnose', 'netdebug report', 'grep -E', 'netdebug explain'])
          assert.ok(kinds.includes(kind), `${kind} in ${walked.join('; ')}`);
      }
    });
  }
});

test(
  'a runbook with a command that is refused, or is none, is a dead end',
  { skip: kubectlSkip },
  async (t) => {
    const run = await shellIn(t);
    const { stuck } = await walk(run, ['netdebug diagnose nowhere', 'netdebug mesh heal', 'netdebugg']);
    assert.deepEqual(
      stuck.map((sentence) => sentence.replace(/:[^]*/, '')),
      [
        '"netdebug diagnose nowhere" is refused (64)',
        '"netdebug mesh heal" is refused (64)',
        '"netdebugg" is no command (127)',
      ],
    );
  },
);

test('the guide says no other commands than the runbooks can lead to', { skip: kubectlSkip }, async (t) => {
  const run = await shellIn(t);
  const guide = readFileSync(join(root, 'docs/mesh.md'), 'utf8');
  const named = [...new Set(namedIn(guide).map((words) => `netdebug ${words} --help`))];
  assert.ok(named.includes('netdebug mesh status --help') && named.includes('netdebug mesh evidence --help'));
  assert.deepEqual((await walk(run, named)).stuck, []);
});

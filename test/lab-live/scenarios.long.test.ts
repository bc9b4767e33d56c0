import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findScenario } from '../../src/lab/scenarios/index.ts';
import { findingSchema, type ClassSummary, type RunRecord } from '../../src/model/run-record.ts';
import { z } from '../../src/model/schema.ts';
import { firstScreenOfRun } from '../../src/report/first-screen/of-run.ts';
import { noTerminal } from '../on-terminal.ts';
import { assertSaidIn, lastRowsOf, withBriefCures } from '../report/first-screen/last-rows.ts';
import { labRun, labRunOnTerminal, labSkip, netdebug } from './netdebug.ts';

const skip = await labSkip();

const diagnosisSchema = z.object({ findings: z.array(findingSchema) });

type Kind = 'resets' | keyof ClassSummary['otherFailures'];

/** How often the two classes failed in this way. */
function failures(record: RunRecord, kind: Kind): { coLocated: number; remote: number } {
  const of = (name: string) => {
    const found = record.classes.find((one) => one.name === name);
    assert.ok(found !== undefined && found.probes > 0, `${name} was answered`);
    return kind === 'resets' ? found.resets : found.otherFailures[kind];
  };
  return { coLocated: of('co-located'), remote: of('remote') };
}

/** What was lost, who, why, the cure and what to type stand in the last rows of a terminal of 80×24, one of which is the prompt's. */
function assertEndsWithAnswer(printed: string, record: RunRecord): void {
  if (noTerminal !== false) return;
  const screen = withBriefCures(firstScreenOfRun(record));
  // Of several answers only the first is sure to have room.
  assertSaidIn(lastRowsOf(printed, 23), { ...screen, answers: screen.answers.slice(0, 1) });
}

interface Case {
  readonly scenario: string;
  readonly duration: string;
  /** Whom the fault hits, and what it looks like from there. */
  readonly hit: 'co-located' | 'remote' | 'both' | 'nobody';
  readonly symptom: Kind;
  readonly fix: string | null;
  /** The fix ends the resets, and leaves connections that are closed in order. */
  readonly closesRemain?: true;
  /** The server is the one that loses: a client that is gone has nothing to tell. */
  readonly serverLoses?: true;
  /** Variants that are run besides. Default: the last. */
  readonly others?: readonly string[];
}

// Too short for a verdict: what each connection lived through is what is asserted here.
const cases: readonly Case[] = [
  {
    scenario: 'conntrack-entry-deleted',
    duration: '4s',
    hit: 'co-located',
    symptom: 'resets',
    fix: 'headless-service',
  },
  {
    scenario: 'conntrack-invalid',
    duration: '4s',
    hit: 'co-located',
    symptom: 'resets',
    fix: 'drop-invalid',
  },
  {
    scenario: 'untranslated-answer',
    duration: '5s',
    hit: 'co-located',
    symptom: 'resets',
    fix: 'masquerade',
    others: ['untracked', 'second-network'],
  },
  {
    scenario: 'translation-changed',
    duration: '4s',
    hit: 'both',
    symptom: 'resets',
    fix: 'headless-service',
  },
  { scenario: 'conntrack-expired', duration: '5s', hit: 'co-located', symptom: 'resets', fix: 'heartbeat' },
  { scenario: 'conntrack-table-full', duration: '5s', hit: 'both', symptom: 'timeout', fix: null },
  { scenario: 'port-clash', duration: '12s', hit: 'remote', symptom: 'timeout', fix: 'more-ports' },
  {
    scenario: 'policy-reject',
    duration: '4s',
    hit: 'both',
    symptom: 'resets',
    fix: 'established-first',
    others: ['client-node', 'icmp'],
  },
  {
    scenario: 'endpoint-replaced',
    duration: '6s',
    hit: 'both',
    symptom: 'resets',
    fix: 'drained-first',
    closesRemain: true,
  },
  {
    scenario: 'duplicate-owner',
    duration: '8s',
    hit: 'both',
    symptom: 'resets',
    fix: 'own-address',
    others: ['not-listening'],
  },
  {
    scenario: 'server-process-died',
    duration: '5s',
    hit: 'both',
    symptom: 'resets',
    fix: 'graceful-stop',
    closesRemain: true,
  },
  {
    scenario: 'server-killed-for-memory',
    duration: '6s',
    hit: 'both',
    symptom: 'resets',
    fix: 'higher-limit',
  },
  {
    scenario: 'service-without-endpoints',
    duration: '6s',
    hit: 'both',
    symptom: 'refused',
    fix: 'one-ready',
    closesRemain: true,
    // The other node's own client alone is refused there.
    others: ['scaled-to-zero'],
  },
  {
    scenario: 'backlog-overflow',
    duration: '7s',
    hit: 'both',
    symptom: 'timeout',
    fix: 'larger-backlog',
    closesRemain: true,
  },
  {
    scenario: 'server-aborted',
    duration: '4s',
    hit: 'both',
    symptom: 'resets',
    fix: 'orderly-close',
    closesRemain: true,
  },
  {
    scenario: 'keep-alive-race',
    duration: '6s',
    hit: 'both',
    symptom: 'closed',
    fix: 'longer-idle-timeout',
  },
  {
    scenario: 'idle-timeout-between',
    duration: '14s',
    hit: 'both',
    symptom: 'resets',
    fix: 'tcp-keep-alive',
  },
  {
    scenario: 'socket-destroyed',
    duration: '4s',
    hit: 'both',
    symptom: 'resets',
    fix: 'narrow-filter',
  },
  { scenario: 'client-aborted', duration: '4s', hit: 'both', symptom: 'other', fix: 'read-to-the-end' },
  {
    scenario: 'client-died',
    duration: '5s',
    hit: 'nobody',
    symptom: 'resets',
    fix: 'graceful-stop',
    serverLoses: true,
  },
  { scenario: 'forged-reset', duration: '4s', hit: 'co-located', symptom: 'resets', fix: 'hop-count-filter' },
  { scenario: 'silent-drop', duration: '4s', hit: 'both', symptom: 'timeout', fix: 'patient-client' },
  {
    scenario: 'one-way-drop',
    duration: '4s',
    hit: 'both',
    symptom: 'timeout',
    fix: 'allow-both-ways',
    others: ['questions'],
  },
  { scenario: 'peer-host-gone', duration: '9s', hit: 'remote', symptom: 'timeout', fix: null },
  { scenario: 'path-mtu-black-hole', duration: '8s', hit: 'remote', symptom: 'timeout', fix: 'allow-icmp' },
  { scenario: 'probe-stalled', duration: '4s', hit: 'co-located', symptom: 'closed', fix: 'longer-deadline' },
  { scenario: 'healthy', duration: '4s', hit: 'nobody', symptom: 'resets', fix: null },
];

/** What they are about comes without anything being done to the world. */
const byThemselves = [
  ...['healthy', 'server-aborted', 'conntrack-expired', 'keep-alive-race', 'idle-timeout-between'],
  ...['server-killed-for-memory', 'client-aborted'],
];

// Two at a time: each waits most of its time, and none of these is about how fast anything is.
describe('each scenario', { skip, concurrency: 2 }, () => {
  for (const { scenario, duration, hit, symptom, fix, closesRemain, serverLoses, others } of cases) {
    const words = [scenario, '--duration', duration, '--expect', 'any'];

    describe(scenario, { concurrency: 1 }, () => {
      it(`hits ${hit}${hit === 'nobody' ? '' : ` with ${symptom}`}, is diagnosed, and its log says what was done`, async (t) => {
        const { record, exitCode, folder, stdout, stderr } = await labRunOnTerminal(t, ...words);
        assert.equal(exitCode, 0, `${stdout}${stderr}`);
        assertEndsWithAnswer(stdout, record);
        const seen = failures(record, symptom);
        assert.equal(
          seen.coLocated > 0,
          hit === 'co-located' || hit === 'both',
          `co-located: ${seen.coLocated}`,
        );
        assert.equal(seen.remote > 0, hit === 'remote' || hit === 'both', `remote: ${seen.remote}`);
        if (symptom !== 'resets') assert.deepEqual(failures(record, 'resets'), { coLocated: 0, remote: 0 });
        // Scenarios are named for their causes; the diagnosis does not know these names.
        const [finding] = record.findings;
        assert.equal(
          finding?.cause ?? 'nothing',
          hit === 'nobody' && serverLoses !== true ? 'nothing' : scenario,
        );
        const done = (await readFile(join(folder, 'faults.log'), 'utf8'))
          .split('\n')
          .filter((line) => line !== '');
        const byItself = byThemselves.includes(scenario);
        assert.equal(done.length > 0, !byItself, done.join('\n'));
      });

      const { variants, ...declared } = findScenario(scenario);
      for (const variant of others ?? [(variants.at(-1) ?? variants[0]).name])
        it(`is diagnosed as ${variant} with another seed too, by someone who knows nothing of the run`, async (t) => {
          const other = ['--variant', variant, '--seed', '2'];
          const { record, folder, stdout: shown } = await labRunOnTerminal(t, ...words, ...other);
          assertEndsWithAnswer(shown, record);
          const resets = () => failures(record, 'resets');
          // The policy of the other node resets its own client; no ICMP error resets anybody.
          if (variant === 'client-node' && scenario === 'policy-reject')
            assert.deepEqual([resets().coLocated, resets().remote > 0], [0, true]);
          if (variant === 'icmp') assert.deepEqual(resets(), { coLocated: 0, remote: 0 });
          const factors = Object.fromEntries(declared.factors.map(({ name }) => [name, true]));
          const expected = declared.expectedCause({ factors, variant, fix: null });
          // All that names the scenario goes: what is left is what clients, server and observers wrote.
          for (const file of ['run.json', 'report.html', 'faults.log']) await rm(join(folder, file));
          const { stdout, stderr } = await netdebug('diagnose', '--json', folder);
          const { findings } = diagnosisSchema.parse(JSON.parse(stdout));
          assert.equal(findings[0]?.cause ?? null, expected, stderr);
          assert.deepEqual(findings, record.findings);
        });

      if (fix === null) return;
      it(`is cured by ${fix}`, async (t) => {
        const { record, exitCode, stderr } = await labRun(
          t,
          ...[scenario, '--duration', '3s', '--expect', 'any', '--fix', fix],
        );
        assert.equal(exitCode, 0, stderr);
        for (const one of record.classes) {
          assert.ok(one.probes > 0, one.name);
          assert.equal(one.resets, 0, one.name);
          const { timeout, other, ...ofDraining } = one.otherFailures;
          assert.deepEqual({ timeout, other }, { timeout: 0, other: 0 }, one.name);
          // Who is sent away in order may come back before there is another pod, and finds none.
          if (closesRemain !== true)
            assert.deepEqual(ofDraining, { closed: 0, refused: 0, unreachable: 0 }, one.name);
        }
      });
    });
  }
});

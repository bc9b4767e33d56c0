import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Answer } from '../../bench/diagnosis/judgement.ts';
import type { Trial } from '../../bench/diagnosis/ledger.ts';
import { renderPage, type PageInput } from '../../bench/diagnosis/page.ts';
import type { Condition } from '../../bench/diagnosis/specs.ts';

const truth: Answer = {
  ...{ cause: 'policy-reject', causeCertainty: 'proven', author: 'node-rule', authorCertainty: 'likely' },
  ...{ connections: 4, suspects: [], rivals: [] },
};
const mistaken: Answer = { ...truth, cause: 'forged-reset', author: 'in-between' };
const open: Answer = {
  ...truth,
  cause: 'unknown',
  causeCertainty: 'open',
  rivals: ['policy-reject', 'silent-drop'],
};

let seed = 0;
const trial = (parts: Partial<Trial>): Trial => ({
  ...{
    condition: 'plain',
    scenario: 'policy-reject',
    variant: 'to-server',
    fix: null,
    workload: null,
    seed: (seed += 1),
  },
  ...{ outcome: 'both', resets: 4, failures: 4, milliseconds: 10, answers: {} },
  ...parts,
});
const seen = (all: readonly Answer[], foreign: readonly Answer[] = all) =>
  trial({ answers: { 'all witnesses': all, 'foreign (no client events)': foreign } });

const page = (trials: readonly Trial[], parts: Partial<PageInput> = {}) =>
  renderPage({
    ...{ trials, models: 'c0ffee'.repeat(10), settings: 'some runs', impossible: new Map(), ...parts },
    planned: parts.planned ?? new Map<Condition, number>([['plain', 10]]),
  });
/** The cells of the first row that begins with this one. */
const row = (text: string, first: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(`| ${first} |`))
    ?.split('|')
    .map((cell) => cell.trim())
    .slice(2, -1);

describe('the page', () => {
  it('says what no less is true of a few connections, where a scenario says so', () => {
    const of = (scenario: string, variant: string) => page([{ ...seen([truth]), scenario, variant }]);
    assert.match(
      of('translation-changed', 'remote-node'),
      /of a few connections no less is true: of `translation-changed`, `conntrack-entry-deleted` by client-kernel\./,
    );
    assert.doesNotMatch(of('policy-reject', 'to-server'), /no less is true/);
  });

  const text = page([
    seen([truth]),
    seen([truth], []),
    seen([open], [mistaken]),
    seen([mistaken], [open]),
    trial({
      scenario: 'probe-stalled',
      variant: 'co-located-client',
      answers: { 'foreign (no client events)': [] },
    }),
    trial({ scenario: 'healthy', variant: 'quiet', answers: { 'all witnesses': [mistaken] } }),
  ]);

  it('counts right, one of several, unknown and wrong for each column, healthy runs apart', () => {
    assert.deepEqual(row(text, 'all witnesses'), ['4', '2', '1', '0', '1', '50.0% (6.8% to 93.2%)']);
    // Without client events there is no stalled probe to be found.
    assert.deepEqual(row(text, 'foreign (no client events)')?.slice(0, 5), ['4', '1', '1', '1', '1']);
    assert.match(text, /\| all witnesses \| 1 \| 1 \| 100\.0% \(2\.5% to 100\.0%\) \|/);
  });

  it('says of each cause how often it is named, and what is left open beside it', () => {
    assert.match(text, /## By cause\n/);
    assert.match(
      text,
      /\n\| policy-reject \| 2\/4; 1 open beside silent-drop; 1 wrong \| 1\/4; 1 open beside silent-drop; 1 unknown; 1 wrong \|\n/,
    );
  });

  it('names nothing beside the truth where all authors that are left are right', () => {
    const unnamed: Answer = { ...truth, author: 'unknown', authorCertainty: 'open', suspects: ['node-rule'] };
    assert.match(page([seen([unnamed])]), /\n\| policy-reject \| 0\/1; 1 open \| 0\/1; 1 open \|\n/);
  });

  it('says of a column that no run has yet that it was not run, and of no other', () => {
    assert.deepEqual(row(text, 'no capture'), ['not run', '', '', '', '', '']);
    assert.equal(row(text, 'real workloads, watch'), undefined);
    const watched = page([trial({ condition: 'watched', answers: { watch: [truth] } })]);
    assert.deepEqual(row(watched, 'watch')?.slice(0, 5), ['1', '1', '0', '0', '0']);
  });

  it('lists each pair that stood open together, once a run, with what tells the two apart', () => {
    const cells = row(text, 'policy-reject / silent-drop');
    assert.equal(cells?.[0], 'all witnesses (1); foreign (no client events) (1)');
    assert.match(cells[1] ?? '', /[a-z]+ [a-z]+/);
    assert.equal(row(text, 'forged-reset / policy-reject'), undefined);
    const twice = page([seen([open, { ...open, rivals: ['policy-reject', 'healthy'] }])]);
    assert.equal(row(twice, 'policy-reject / silent-drop')?.[0]?.startsWith('all witnesses (1)'), true);
    // Where no page names the other, what each page says to look at first does.
    assert.equal(row(twice, 'healthy / policy-reject')?.[1], 'the mark of each');
    assert.match(twice, /### The mark of each\n[^#]*\n\| policy-reject \| the server's node \| `tcpdump /);
    assert.doesNotMatch(text, /### The mark of each/);
    const beside = page([seen([{ ...open, rivals: ['forged-reset', 'silent-drop'] }])]);
    assert.doesNotMatch(beside, /told apart/);
  });

  it('says of each word how often it was right', () => {
    assert.match(text, /\| all witnesses \| proven \| 0 \| 0 \| - \| 4 \| 2 \| 50\.0%/);
    assert.match(text, /\| all witnesses \| likely \| 5 \| 2 \| 60\.0% [^|]*\| 0 \| 0 \| - \|/);
    assert.match(text, /\| all witnesses \| open \| 0 \| 0 \| - \| 1 \| 0 \| 100\.0%/);
  });

  it('says what was wrong, what left no trace, and who was mistaken for whom', () => {
    assert.match(
      text,
      /- all witnesses: policy-reject \/ to-server: 4 × forged-reset \(proven\) by in-between \(likely\)/,
    );
    assert.match(text, /- foreign \(no client events\): policy-reject \/ to-server \(1 run\)/);
    assert.match(text, /\| policy-reject \| 2 \| 1 \| 1 \|/);
  });

  it('says which models it is of and how much is missing', () => {
    assert.match(text, /`c0ffeec0ffeec0ff`/);
    assert.deepEqual(row(text, 'plain'), ['6', '0', '0', '4', '']);
  });

  it('says what the lab does not make, and why', () => {
    const refused = trial({ condition: 'IPv6', refused: 'no such world.' });
    const other = page([refused], {
      planned: new Map([
        ['IPv6', 5],
        ['busy machine', 5],
      ]),
      impossible: new Map([['busy machine', '--busy']]),
    });
    assert.deepEqual(row(other, 'IPv6'), ['0', '1', '0', '4', '']);
    assert.match(other, /- refused: IPv6, policy-reject: no such world\./);
    assert.match(row(other, 'busy machine')?.[4] ?? '', /`--busy`/);
  });

  it('counts and lists the runs that failed twice, and says which were made at the second try', () => {
    const failed = trial({ failed: 'a log without its end', seed: 77 });
    const other = page([failed, trial({ firstFailed: 'no room', seed: 78 }), seen([truth])]);
    assert.deepEqual(row(other, 'plain'), ['2', '0', '1', '7', '']);
    assert.match(
      other,
      /- failed twice: plain, policy-reject \/ to-server, seed 77: a log without its end\n/,
    );
    assert.match(other, /- made at the second try: plain, policy-reject \/ to-server, seed 78: no room\n/);
    assert.equal(row(other, 'all witnesses')?.[0], '1');
    assert.match(page([failed]), /No run of these models has been made yet\./);
  });

  it('without any run it claims nothing', () => {
    const empty = page([]);
    assert.deepEqual(row(empty, 'plain'), ['0', '0', '0', '10', '']);
    assert.match(empty, /No run of these models has been made yet\./);
    assert.doesNotMatch(empty, /%|NaN|undefined|##/);
  });

  it('has the fixes where runs with fixes were made', () => {
    const fixed = trial({
      condition: 'fixed',
      fix: 'established-first',
      outcome: 'none',
      resets: 0,
      failures: 2,
    });
    assert.deepEqual(row(page([fixed]), 'policy-reject'), ['established-first', '1', '1', '1', '0', '2']);
  });
});

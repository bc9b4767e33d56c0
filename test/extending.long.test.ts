// What is likely to be added is added in one place: a new file or folder, and one line where it is listed. The checks then pass.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sandboxArgv } from '../src/lab/world/sandbox.ts';
import { nodeEventSchema } from '../src/model/node-event.ts';
import { run } from '../src/system/process.ts';
import { labSkip } from './lab-live/netdebug.ts';
import { recordedReports, recordedRun } from './report/recorded.ts';
import { makeCopy, type Edit, type ToyCopy } from './toy-copy.ts';

const skip = await labSkip();

describe('a copy with a toy cause, its scenario, a toy witness and a toy format, each a new file and a line', () => {
  let copy: ToyCopy;
  before(async () => {
    copy = await makeCopy(edits());
  });
  after(() => copy.remove());

  it('passes the checks', async () => {
    for (const check of await Promise.all([copy.types(), copy.layers()]))
      assert.equal(check.exitCode, 0, check.stdout + check.stderr);
  });

  it('explains the cause, and lists its scenario with the fix that the page names', async () => {
    const [page, list, scenarios] = await Promise.all([
      copy.netdebug('explain', 'toy'),
      copy.netdebug('explain'),
      copy.netdebug('lab', 'list'),
    ]);
    assert.match(page.stdout, /^toy: a cause of nothing\n/);
    assert.match(page.stdout, /^ {2}put-away \(shown in the lab\)$/m);
    assert.match(page.stdout, /^ {4}Try it: netdebug lab run toy --fix put-away$/m);
    assert.match(list.stdout, /^probe-stalled .*\ntoy +a cause of nothing\nunknown /m);
    assert.match(scenarios.stdout, /^toy$/m);
    assert.match(scenarios.stdout, /put-away +the toy is put away/);
  });

  it('prints the format, lists it and names it in the help', async () => {
    const report = (...words: readonly string[]) => copy.netdebug('report', ...words);
    const [one, matrix, help, wrong] = await Promise.all([
      report(recordedRun('default'), '--format', 'toy'),
      report(recordedReports, '--format', 'toy'),
      report('--help'),
      report(recordedRun('default'), '--format', 'pdf'),
    ]);
    assert.deepEqual(one, { exitCode: 0, stdout: 'toy co-located-only\n', stderr: '' });
    assert.deepEqual(matrix, { exitCode: 0, stdout: 'toy 3\n', stderr: '' });
    assert.match(
      help.stdout.replace(/\s+/g, ' '),
      /text, json, junit, html or toy[,;] .*report\.html, report\.toy there/,
    );
    assert.equal(wrong.exitCode, 64);
    assert.match(wrong.stderr, /choose from: text, json, junit, html, toy\./);
  });

  it(
    'has the witness’s raw file and events in its evidence, which the program without it can read',
    { skip },
    async () => {
      const folder = join(copy.folder, 'observed');
      const observe = ['observe', '--out', folder, '--node', 'here', '--duration', '100ms'];
      const words = [process.execPath, join(copy.folder, 'src/cli/start.mjs'), ...observe];
      const { exitCode, stderr } = await run([...sandboxArgv(process.getuid?.() === 0), ...words]);
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

describe('a copy with mistakes in what was added', () => {
  let copy: ToyCopy;
  before(async () => {
    copy = await makeCopy(
      edits({
        witness: toyWitness.replace('share: 1', "share: 'some'"),
        format: `import '../../cli/exit.ts';\n${toyFormat}`,
      }),
    );
  });
  after(() => copy.remove());

  it('does not pass the types', async () => {
    const { exitCode, stdout } = await copy.types();
    assert.notEqual(exitCode, 0);
    assert.match(stdout, /src\/observe\/toy\.ts\(\d+,\d+\): error TS2322: Type 'string' is not assignable/);
  });

  it('does not pass the layers', async () => {
    const { exitCode, stdout } = await copy.layers();
    assert.notEqual(exitCode, 0);
    assert.match(stdout, /nobody-imports-cli: src\/report\/formats\/toy\.ts/);
  });
});

/** Four additions, each a new file and one line. */
function edits({ witness = toyWitness, format = toyFormat } = {}): Edit[] {
  return [
    { path: 'src/causes/toy/cause.ts', text: toyCause },
    {
      path: 'src/causes/index.ts',
      after: "import('./probe-stalled/cause.ts'),",
      insert: "import('./toy/cause.ts'),",
    },
    { path: 'src/lab/scenarios/toy.ts', text: toyScenario },
    { path: 'src/lab/scenarios/index.ts', after: "import('./healthy.ts'),", insert: "import('./toy.ts')," },
    { path: 'src/observe/toy.ts', text: witness },
    {
      path: 'src/observe/witnesses.ts',
      after: "export { snmp } from './snmp.ts';",
      insert: "export { toy } from './toy.ts';",
    },
    { path: 'src/report/formats/toy.ts', text: format },
    {
      path: 'src/report/formats/index.ts',
      after: "(await import('./html.ts')).html,",
      insert: "(await import('./toy.ts')).toy,",
    },
  ];
}

const toyCause = `// A cause that says as little as one may.
import { defineCause } from '../define-cause.ts';

export const cause = defineCause(
  {
    id: 'toy',
    title: 'a cause of nothing',
    scenario: 'toy',
    symptom: { client: 'Nothing.', server: 'Nothing.', nodes: 'Nothing.' },
    author: { who: ['nobody'], text: 'Nobody.' },
    mechanism: [{ text: 'None.', basis: ['inferred'] }],
    drawing: ['client   server'],
    howToConfirm: [{ where: "the client's pod", run: 'true', whenItIs: 'Nothing.', whenNot: 'Anything.' }],
    lookAlikes: [{ cause: 'unknown', tellApart: 'Only its name.' }],
    fixes: [
      { name: 'put-away', whatToDo: 'Put it away.', sideEffects: 'None.', proven: 'lab' },
      { name: 'wait', whatToDo: 'Wait.', sideEffects: 'It takes time.', proven: 'inferred' },
    ],
    sources: [],
  },
  {
    authors: ['nobody'],
    shownBy: [],
    suggestedBy: [['never connected', 'timed out', 'table full', 'not told by a probe']],
    contradictedBy: ['not timed out'],
    sentence: (stories) => \`\${stories.length} toys.\`,
  },
);
`;

const toyScenario = `// A scenario in which nothing happens.
import type { LabScenario } from './lab-scenario.ts';
import { briefDefaults, intranodeVisibility, serviceWorld } from './service-world.ts';

export const scenario: LabScenario<'toy'> = {
  name: 'toy',
  about: 'nothing happens',
  factors: [intranodeVisibility],
  variants: [{ name: 'only', about: 'there is one' }],
  fixes: { 'put-away': 'the toy is put away' },
  defaults: briefDefaults(10_000),
  expected: () => 'none',
  expectedCause: ({ fix }) => (fix === null ? 'toy' : null),
  expectedAuthor: ({ fix }) => (fix === null ? ['nobody'] : []),
  setup: (choice) => serviceWorld(choice),
};
`;

const toyWitness = `// How long the kernel has run, once.
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

const toyFormat = `// A run in one word.
import type { Format } from './format.ts';

export const toy: Format = {
  name: 'toy',
  fileName: 'report.toy',
  printed: true,
  needs: 'record',
  renderRun: ({ verdict }) => \`toy \${verdict.outcome}\\n\`,
  renderMatrix: ({ cells }) => \`toy \${cells.length}\\n\`,
};
`;

// What is likely to be added is added in one place: a new file or folder, and one line where it is listed. The checks then pass.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { withCopy } from './toy-copy.ts';
import type { Edit, ToyCopy } from './toy-copy.ts';

/** The copy with these edits, once it has passed the checks. */
async function checkedCopy(t: TestContext, edits: readonly Edit[]): Promise<ToyCopy> {
  const copy = await withCopy(t, edits);
  for (const check of await Promise.all([copy.types(), copy.layers()]))
    assert.equal(check.exitCode, 0, check.stdout + check.stderr);
  return copy;
}

test('a cause is its folder and a line, and its scenario is a file and a line', async (t) => {
  const copy = await checkedCopy(t, [
    { path: 'src/causes/toy/cause.ts', text: toyCause },
    {
      path: 'src/causes/index.ts',
      after: "import('./probe-stalled/cause.ts'),",
      insert: "import('./toy/cause.ts'),",
    },
    { path: 'src/lab/scenarios/toy.ts', text: toyScenario },
    { path: 'src/lab/scenarios/index.ts', after: "import('./healthy.ts'),", insert: "import('./toy.ts')," },
  ]);
  const page = await copy.netdebug('explain', 'toy');
  assert.match(page.stdout, /^toy: a cause of nothing\n/);
  assert.match(page.stdout, /^ {2}put-away \(shown in the lab\)$/m);
  assert.match(page.stdout, /^ {4}Try it: netdebug lab run toy --fix put-away$/m);
  const list = await copy.netdebug('explain');
  assert.match(list.stdout, /^probe-stalled .*\ntoy +a cause of nothing\nunknown /m);
  const scenarios = await copy.netdebug('lab', 'list');
  assert.match(scenarios.stdout, /^toy$/m);
  assert.match(scenarios.stdout, /put-away +the toy is put away/);
});

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
    author: 'nobody',
    needs: ['timed out'],
    weights: { 'timed out': [0.1, -0.1] },
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
  setup: (choice) => serviceWorld(choice),
};
`;

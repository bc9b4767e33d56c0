// `netdebug lab list`: every scenario once, under who ends the connections in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageOf } from '../../src/causes/index.ts';
import { choose, findScenario, scenarios } from '../../src/lab/scenarios/index.ts';
import { authors, authorWords, type Author } from '../../src/model/author.ts';
import { runProgram } from './running-program.ts';

interface Row {
  readonly name: string;
  readonly author: Author | null;
}

test('--json has every scenario with its author, those of one author together and in the authors’ order', async (t) => {
  const program = runProgram(t, 'lab', 'list', '--json');
  assert.equal(await program.exit(), 0);
  const rows = JSON.parse(program.stdout()) as Row[];
  assert.deepEqual(rows.map(({ name }) => name).toSorted(), scenarios.map(({ name }) => name).toSorted());
  for (const { name, author } of rows) {
    const scenario = findScenario(name);
    const cause = scenario.expectedCause(choose(scenario));
    assert.equal(author, cause === null ? null : pageOf(cause)?.author.who[0], name);
  }
  const places = rows.map(({ author }) => [...authors, null].indexOf(author));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
});

test('the text has a heading for each author, and its scenarios below', async (t) => {
  const [json, program] = [runProgram(t, 'lab', 'list', '--json'), runProgram(t, 'lab', 'list')];
  assert.equal(await json.exit(), 0);
  assert.equal(await program.exit(), 0);
  const text = program.stdout();
  for (const { name, author } of JSON.parse(json.stdout()) as Row[]) {
    const heading = author === null ? 'Nothing is wrong' : `Ended by ${authorWords[author]}`;
    const group = text.split('\n\n').find((part) => part.startsWith(`${heading}\n`)) ?? assert.fail(heading);
    assert.match(group, new RegExp(`^${name}( \\(default\\))?$`, 'm'));
  }
});

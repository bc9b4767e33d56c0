// What can stand at the cursor, as the walk over the commands finds it, without a shell.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { causeIds } from '../../../src/causes/index.ts';
import { offersAt } from '../../../src/cli/completion/offers-at.ts';
import { inProtocol } from '../../../src/cli/completion/protocol.ts';
import { buildProgram } from '../../../src/cli/program.ts';
import { scenarios } from '../../../src/lab/scenarios/index.ts';
import { outcomes } from '../../../src/model/run-record.ts';
import { witnessNames } from '../../../src/observe/watch-node.ts';
import type { StartedAs } from '../../../src/system/started-as.ts';

const at = async (words: readonly string[], name: StartedAs = 'netdebug') =>
  await offersAt(await buildProgram(words.slice(0, -1), name), words);
const values = async (...words: readonly string[]) => (await at(words)).offers.map(({ value }) => value);

describe('commands', () => {
  test('all that help names are offered, with what it says of them', async () => {
    const program = await buildProgram([]);
    const { offers, paths } = await at(['']);
    assert.deepEqual(
      offers.map(({ value }) => value),
      [...program.commands.map((command) => command.name()), 'help'],
    );
    for (const { value, about } of offers) assert.ok(about.length > 10, value);
    assert.equal(paths, 'none');
  });

  test('those of a group, of those the ones that begin so, and behind help', async () => {
    assert.deepEqual(await values('lab', ''), ['run', 'matrix', 'mesh', 'list', 'exec', 'help']);
    assert.deepEqual(await values('lab', 'm'), ['matrix', 'mesh']);
    assert.deepEqual(await values('help', 'dia'), ['diagnose']);
    assert.deepEqual(await values('lab', 'help', 'ma'), ['matrix']);
    assert.deepEqual(await values('nonsense', ''), []);
  });

  test("as kubectl's plugin: the cluster's are its own", async () => {
    const { offers } = await at(['p'], 'kubectl_complete-netdebug');
    assert.deepEqual(
      offers.map(({ value }) => value),
      ['preflight'],
    );
    const run = await at(['run', '--exp'], 'kubectl_complete-netdebug');
    assert.equal(run.offers[0]?.value, '--expect');
  });
});

describe('arguments', () => {
  test('explain takes causes, lab run scenarios', async () => {
    assert.deepEqual(await values('explain', ''), causeIds);
    const found = await at(['lab', 'run', '']);
    assert.deepEqual(
      found.offers,
      scenarios.map(({ name, about }) => ({ value: name, about })),
    );
    // The one that it takes is there.
    assert.deepEqual(await values('lab', 'run', 'healthy', 'po'), []);
  });

  test('paths are left to the shell: files, of folders only these', async () => {
    for (const [words, paths] of [
      [['diagnose', 'x'], 'files'],
      [['diagnose', 'x', 'y'], 'files'],
      [['report', ''], 'folders'],
      [['watch', '--out', ''], 'folders'],
      [['watch', '--html', ''], 'files'],
      [['diagnose', '--html=p'], 'files'],
      [['explain', ''], 'none'],
    ] as const) {
      assert.equal((await at(words)).paths, paths, words.join(' '));
    }
  });

  test('where nothing else can stand, and behind a dash, options', async () => {
    assert.deepEqual(await values('doctor', ''), ['--json', '--help']);
    assert.deepEqual(await values('doctor', '--j'), ['--json']);
    assert.deepEqual(await values('explain', '--', '--j'), []);
    assert.ok(!(await values('observe', '--')).includes('--sockets'), 'a hidden one');
  });
});

describe('options', () => {
  test('choices, of --option=VALUE the value alone', async () => {
    assert.deepEqual(await values('client', '--close-with', ''), ['fin', 'reset', 'unread']);
    assert.deepEqual(await values('client', '--close-with=r'), ['reset']);
    assert.deepEqual(await values('explain', '-o', 'j'), ['json']);
  });

  test('what lab run takes of the scenario that was typed, and of the default', async () => {
    const named = (name: string) => scenarios.find((scenario) => scenario.name === name)!;
    const of = (part: readonly { readonly name: string }[]) => part.map(({ name }) => name);
    const reject = named('policy-reject');
    assert.deepEqual(await values('lab', 'run', 'policy-reject', '--variant', ''), of(reject.variants));
    assert.deepEqual(await values('lab', 'run', 'policy-reject', '--fix', ''), of(reject.fixes));
    assert.deepEqual(await values('lab', 'run', '--without', ''), of(named('gke-intranode-policy').factors));
    assert.deepEqual(await values('lab', 'matrix', 'policy-reject', '--variant', 'i'), ['icmp']);
    assert.deepEqual(await values('lab', 'run', 'nonsense', '--variant', ''), []);
    assert.deepEqual(await values('lab', 'run', '--expect', ''), [...outcomes, 'any']);
    assert.deepEqual(await values('lab', 'run', '--access', ''), ['clusterip', 'nodeport', 'hairpin']);
  });

  test('that were given are not offered again, but for those that may be', async () => {
    const offered = await values('watch', '--out', 'x', '--port', '1', '--');
    assert.ok(!offered.includes('--out'));
    assert.ok(offered.includes('--port') && offered.includes('--html'));
  });

  test('several with commas: those that are left', async () => {
    const [first = '', second = ''] = witnessNames;
    const offered = await values('watch', '--without', `${first},`);
    assert.equal(offered.length, witnessNames.length - 1);
    assert.ok(offered.includes(`${first},${second}`));
  });
});

test("cobra's protocol: descriptions behind a tab, one line each, and the bits last", () => {
  const offers = [
    { value: 'a', about: 'one\n  line' },
    { value: 'b', about: '' },
  ];
  assert.equal(inProtocol({ offers, paths: 'none' }), 'a\tone line\nb\n:4\n');
  assert.equal(inProtocol({ offers: [{ value: 'c/', about: '', open: true }], paths: 'none' }), 'c/\n:6\n');
  assert.equal(inProtocol({ offers: [], paths: 'files' }), ':0\n');
  assert.equal(inProtocol({ offers: [], paths: 'folders' }), ':16\n');
});

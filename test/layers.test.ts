// The import rules bite: each is broken once in a small tree of its own, and dependency-cruiser reports exactly that.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = dirname(import.meta.dirname);

const { rooms } = (await import(join(root, '.dependency-cruiser.mjs'))) as {
  rooms: Readonly<Record<string, readonly [allowed: readonly string[], reason: string]>>;
};
const names = Object.keys(rooms);

/** The one thing that each rule forbids: `from` imports `what`, and the report names it as `to`. */
const broken: readonly { rule: string; from: string; what: string; to?: string }[] = [
  // Each room imports one that its row does not name: the last such, which may be one above it or one below it.
  ...names.slice(0, -1).map((room) => {
    const [allowed] = rooms[room]!;
    const other = names.findLast((name) => name !== room && !allowed.includes(name));
    return {
      rule: `${room}-imports-only-its-row`,
      from: `src/${room}/a.ts`,
      what: `../${other ?? 'cli'}/some.ts`,
    };
  }),
  {
    rule: 'only-system-starts-programs',
    from: 'src/lab/b.ts',
    what: 'node:child_process',
    to: 'child_process',
  },
  {
    rule: 'only-cli-imports-commander',
    from: 'src/report/b.ts',
    what: 'commander',
    to: 'node_modules/commander/index.js',
  },
  { rule: 'only-schema-imports-zod', from: 'src/model/b.ts', what: 'zod', to: 'node_modules/zod/index.js' },
  {
    rule: 'only-registry-imports-prom-client',
    from: 'src/mesh/b.ts',
    what: 'prom-client',
    to: 'node_modules/prom-client/index.js',
  },
  {
    rule: 'only-wrap-imports-widths',
    from: 'src/report/c.ts',
    what: 'string-width',
    to: 'node_modules/string-width/index.js',
  },
  {
    rule: 'only-what-is-published-in-src',
    from: 'src/cli/b.ts',
    what: 'dev-only',
    to: 'node_modules/dev-only/index.js',
  },
  {
    rule: 'no-unlisted-packages',
    from: 'src/cli/c.ts',
    what: 'by-luck',
    to: 'node_modules/by-luck/index.js',
  },
];

/** All that the rules allow: imports between rooms, and each library in its one importer. */
const allowedImports: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    names.map((room) => [`src/${room}/some.ts`, rooms[room]![0].map((name) => `../${name}/some.ts`)]),
  ),
  'src/cli/main.ts': ['commander', ...names.map((room) => `../${room}/some.ts`)],
  'src/model/schema.ts': ['zod'],
  'src/system/start.ts': ['node:child_process', './some.ts'],
  'src/metrics/registry.ts': ['prom-client'],
  'src/report/wrap.ts': ['string-width', 'wrap-ansi'],
};

describe('the layers', () => {
  let tree = '';
  let report: { exitCode: number; text: string };

  before(async () => {
    tree = await mkdtemp(join(tmpdir(), 'netdebug-layers-'));
    const write = async (file: string, content: string) => {
      await mkdir(dirname(join(tree, file)), { recursive: true });
      await writeFile(join(tree, file), content);
    };
    const installed = ['commander', 'zod', 'prom-client', 'string-width', 'wrap-ansi', 'dev-only', 'by-luck'];
    for (const name of installed) {
      await write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
      await write(`node_modules/${name}/index.js`, 'module.exports = {};\n');
    }
    const listed = installed.filter((name) => name !== 'by-luck');
    const devDependencies = Object.fromEntries(listed.map((name) => [name, '*'] as const));
    await write('package.json', JSON.stringify({ devDependencies }));
    for (const [file, imports] of Object.entries(allowedImports))
      await write(file, imports.map(importOf).join(''));
    for (const { from, what } of broken) await write(from, importOf(what));
    // Type-only on both sides: such a cycle is one as well.
    await write('src/lab/one.ts', "import type { Two } from './two.ts';\nexport type One = Two[];\n");
    await write('src/lab/two.ts', "import type { One } from './one.ts';\nexport type Two = One | null;\n");
    for (const room of ['probe', 'experiment']) await write(`src/${room}/b.ts`, importOf('../cli/some.ts'));
    await write('src/cli/some.ts', 'export {};\n');
    await write('src/model/forgotten.ts', 'export {};\n');
    report = await cruise(tree);
  });
  after(() => rm(tree, { recursive: true, force: true }));

  test('every rule is broken by its file in the tree, and nothing else is reported', () => {
    const expected = broken.map(({ rule, from, what, to }) => {
      const target = to ?? join(dirname(from), what);
      return `${rule}: ${from} → ${target}`;
    });
    expected.push(
      'nobody-imports-cli: src/probe/b.ts → src/cli/some.ts',
      'nobody-imports-cli: src/experiment/b.ts → src/cli/some.ts',
      'experiment-imports-only-its-row: src/experiment/b.ts → src/cli/some.ts',
      'probe-imports-only-its-row: src/probe/b.ts → src/cli/some.ts',
      'no-circular-imports: src/lab/one.ts →',
      'no-orphans: src/model/forgotten.ts',
    );
    const reported = [...report.text.matchAll(/^ *error (.+)$/gm)].map((match) => (match[1] ?? '').trim());
    assert.deepEqual(reported.sort(), expected.sort());
  });

  test('a room imports only rooms that stand above it in the table', () => {
    for (const [place, room] of names.entries()) {
      for (const other of rooms[room]![0])
        assert.ok(names.indexOf(other) < place, `${room} imports ${other}`);
    }
  });

  test('a broken rule fails the check and is printed with its reason', async () => {
    const config = (await import(join(root, '.dependency-cruiser.mjs'))) as {
      default: { forbidden: { name: string; comment: string }[] };
    };
    assert.notEqual(report.exitCode, 0);
    const text = report.text.replace(/\s+/g, ' ');
    for (const rule of config.default.forbidden) {
      assert.ok(text.includes(rule.comment), `no reason printed for ${rule.name}`);
    }
  });
});

test('a file name means one thing: it stands once in src, but for the commands and for the folders that are made alike', async () => {
  const files = (await readdir(join(root, 'src'), { recursive: true })).filter((file) =>
    file.endsWith('.ts'),
  );
  const alike = /^cli\/|^causes\/.+\/|^lab\/actors\/.+\/|^report\/formats\/|(^|\/)index[.]ts$/;
  const places = Map.groupBy(
    files.filter((file) => !alike.test(file)),
    (file) => basename(file),
  );
  assert.deepEqual(
    [...places.values()].filter((same) => same.length > 1),
    [],
  );
});

test('CONTRIBUTING shows the rooms in their order, with what each may import', async () => {
  const text = await readFile(join(root, 'CONTRIBUTING.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \| [^|]+ \| ([^|]+) \|$/gm)];
  assert.deepEqual(
    rows.map(([, room, imports = '']) => [room, imports.trim()]),
    names.map((room) => [room, importsInWords(rooms[room]![0])]),
  );
});

function importsInWords(allowed: readonly string[]): string {
  if (allowed.length === 0) return 'nothing of ours';
  return allowed.length > 10 ? 'all above' : allowed.map((name) => `\`${name}\``).join(', ');
}

function importOf(what: string): string {
  return `import '${what}';\n`;
}

/** Runs the words of `npm run layers` on another tree, asking for the reasons. */
async function cruise(cwd: string): Promise<{ exitCode: number; text: string }> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: { layers: string };
  };
  const words = manifest.scripts.layers.split(' ').slice(1);
  const ours = words.map((word) => (word === '.dependency-cruiser.mjs' ? join(root, word) : word));
  const program = join(root, 'node_modules/.bin/depcruise');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...ours, '--output-type', 'err-long'],
      { cwd },
      (error, stdout, stderr) => {
        resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, text: stdout + stderr });
      },
    );
  });
}

// The program and the libraries that it imports, put together by esbuild: what the package and the single file are made of.
import { build, transform } from 'esbuild';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import { ownFacts } from './own-facts.mjs';

const start = 'src/cli/start.mjs';
const main = 'src/cli/main.ts';
const quick = 'src/cli/quick-answers.ts';

/**
 * Bundles the checkout `root` into ES modules in the folder `out`: start.mjs, which loads quick-answers.mjs or the others, each command
 * only what it needs; `more` are further options of esbuild. Resolves with the files that went into it, as paths from `root`; rejects when
 * esbuild cannot build it, which has said why.
 */
export async function bundleModules(root, out, more = {}) {
  const facts = await ownFacts(root);
  const common = { outdir: out, format: 'esm', outExtension: { '.js': '.mjs' }, ...more };
  const modules = (plugins, options) =>
    bundle(root, {
      ...{ ...common, entryPoints: [start], splitting: true, chunkNames: '[name]-[hash]', ...options },
      plugins: [facts, apart(root), ...plugins],
    });
  const { outputs } = await modules([], { write: false });
  const entries = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  const behindMain = entries.filter((file) => file !== start && file !== main);
  const made = [
    await modules([loadedWithMain(root, behindMain, filesOfSmall(outputs))], {}),
    await bundle(root, { ...common, entryPoints: [quick], plugins: [facts] }),
  ];
  return made.flatMap(filesIn);
}

/**
 * Bundles the checkout `root` into what a single executable file loads of itself (load-pieces.mjs): the modules of bundleModules, in the
 * folder `out`, each as a function in CommonJS, since Node.js imports modules from files alone. Resolves and rejects as bundleModules does.
 */
export async function bundlePieces(root, out) {
  // There, no file is beside the program.
  const files = await bundleModules(root, out, { define: { 'import.meta.url': 'undefined' } });
  for (const piece of readdirSync(out).map((name) => join(out, name))) {
    const { code } = await transform(readFileSync(piece, 'utf8').replace(/^#!.*/, ''), {
      ...{ format: 'cjs', platform: 'node', target: 'node24', minifyWhitespace: true },
      supported: { 'dynamic-import': false },
    });
    writeFileSync(piece, `(function(require,module){${code}})`);
  }
  return files;
}

/** Not those of which nothing was used. */
const filesIn = ({ outputs }) =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0),
  );

/** What esbuild says that it has made of what. */
async function bundle(root, { plugins, ...options }) {
  const { metafile } = await build({
    ...{ absWorkingDir: root, bundle: true, platform: 'node', target: 'node24', metafile: true },
    // Names stay: they are what a stack trace says.
    ...{ minifyWhitespace: true, minifySyntax: true, legalComments: 'none', logLevel: 'warning', ...options },
    plugins: [...plugins, listedAtOnce, coreModules, begunLate(root)],
  });
  return metafile;
}

/** The quick answers are a file of their own, for which all that they share with the commands is not cut into pieces. */
const apart = (root) => ({
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /[/]quick-answers[.]ts$/ }, ({ resolveDir, path }) =>
      join(resolveDir, path) === join(root, quick)
        ? { path: './quick-answers.mjs', external: true }
        : undefined,
    );
  },
});

/** To read a file takes as long as to compile about so many bytes. */
const smallBytes = 1_500;

/** The files of those pieces that are small, and need none that are not. */
function filesOfSmall(outputs) {
  const isSmall = (piece) => {
    const { entryPoint, bytes, imports } = outputs[piece];
    const needed = imports.filter(({ kind, external }) => kind === 'import-statement' && !external);
    return entryPoint === undefined && bytes < smallBytes && needed.every(({ path }) => isSmall(path));
  };
  return Object.keys(outputs)
    .filter(isSmall)
    .flatMap((piece) => Object.keys(outputs[piece].inputs).filter((file) => file.startsWith('src/')));
}

/**
 * Whatever is loaded later is loaded by main.ts, but esbuild does not know it: it cuts what main.ts needs into a dozen files, by who
 * else needs each. Told that all of `later` need all of it, and main.ts the files `small` as well, it leaves them in one, and the program
 * starts sooner by a tenth.
 */
const loadedWithMain = (root, later, small) => ({
  name: 'loaded with main',
  setup({ onLoad }) {
    const more = new Map([[main, small], ...later.map((file) => [file, [main]])]);
    const filter = new RegExp(
      `^(${[...more.keys()].map((file) => RegExp.escape(join(root, file))).join('|')})$`,
    );
    onLoad({ filter }, ({ path }) => {
      const imports = more
        .get(relative(root, path))
        .map((file) => `import ${JSON.stringify(join(root, file))};\n`);
      return { contents: imports.join('') + readFileSync(path, 'utf8'), loader: 'ts' };
    });
  },
});

/**
 * The lists of causes, scenarios and formats import each of theirs by import() and wait for all. Bundled they are imported as any other
 * file: in one piece instead of thirty, and without a wait, which the single file's CommonJS does not know.
 */
const listedAtOnce = {
  name: 'listed at once',
  setup({ onLoad }) {
    onLoad({ filter: /[/]src[/](causes|lab[/]scenarios|report[/]formats)[/]index[.]ts$/ }, ({ path }) => {
      const files = [];
      const text = readFileSync(path, 'utf8').replace(
        /(?<=^ +.*)(?:await )?import\(('[^']+')\)/gm,
        (_, file) => {
          files.push(`import * as listed${files.length} from ${file};\n`);
          return `listed${files.length - 1}`;
        },
      );
      return { contents: files.join('') + text.replace('await Promise.all([', '(['), loader: 'ts' };
    });
  },
};

/**
 * The modules of Node.js are asked for as require() does it. An import of one reads each of its exports first, and with that loads what
 * stands behind them: of node:fs the streams, of node:process the diagnostic reports. And a library's require() has no other way here.
 */
const coreModules = {
  name: 'core modules',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(node:)?(${builtinModules.join('|')})$`);
    onResolve({ filter }, ({ path, kind }) =>
      kind === 'dynamic-import'
        ? { path, external: true }
        : { path: path.replace(/^node:/, ''), namespace: 'core' },
    );
    onLoad({ filter: /./, namespace: 'core' }, ({ path }) => {
      const module = `process.getBuiltinModule('node:${path}')`;
      const late = (name) => `exports.${name} = (...words) => ${module}.${name}(...words);`;
      const contents = calledSeldom.includes(path)
        ? Object.keys(process.getBuiltinModule(path)).map(late).join('\n')
        : `module.exports = ${module};`;
      return { contents };
    });
  },
};

/** Of these, which take long to load, we only call functions, and most commands do not: they are loaded when one is called. */
const calledSeldom = ['child_process', 'tty'];

/** Libraries that make large tables to begin with, for text that is seldom there: they begin when they are first called. */
const late = ['string-width', 'wrap-ansi'];
const begunLate = (root) => ({
  name: 'begun late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${late.join('|')})$`) }, ({ path, importer, kind }) =>
      kind === 'import-statement' && importer.endsWith('/src/report/wrap.ts')
        ? { path, namespace: 'late' }
        : undefined,
    );
    onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({
      contents: `export default (...words) => require('${path}').default(...words);`,
      resolveDir: root,
    }));
  },
});

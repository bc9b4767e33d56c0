// Makes a release: everything that somebody may download, in one folder with its checksums. Publishes nothing.
//   npm run release -- --base-url https://releases.example/v0.1.0 --maintainer 'A Name <address@example.org>' \
//     --binary linux-amd64=build/netdebug-amd64 --binary linux-arm64=build/netdebug-arm64 --notices build/NOTICES
//   npm run release -- … --base-image docker.io/library/node:24-slim      the images, too, built on this one
//   npm run release -- --trial        without the one files, and whatever the version, the changelog and the tag say
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes, messageOf, Problem } from '../src/model/problem.ts';
import { findTool } from '../src/system/find-tool.ts';
import { disagreement } from './release/agreement.ts';
import { checkBinary, readBinary } from './release/binaries.ts';
import { makeRelease, type Release } from './release/make.ts';

const root = dirname(import.meta.dirname);
const git = (...words: readonly string[]) =>
  execFileSync('git', ['-C', root, ...words], { encoding: 'utf8' }).trim();
const lines = (text: string) => text.split('\n').filter((line) => line !== '');
const say = (text: string) => process.stderr.write(`release: ${text}\n`);

const flags = {
  'base-url': { type: 'string' },
  'base-image': { type: 'string' },
  binary: { type: 'string', multiple: true },
  notices: { type: 'string' },
  maintainer: { type: 'string' },
  out: { type: 'string', default: 'release' },
  trial: { type: 'boolean', default: false },
} as const;

function readFlags(): ReturnType<typeof parseArgs<{ options: typeof flags }>>['values'] {
  try {
    return parseArgs({ options: flags }).values;
  } catch (error) {
    const usage =
      'npm run release -- --base-url URL [--binary OS-ARCH=PATH ... --notices FILE --maintainer NAME] [--base-image IMAGE] [--out DIR] [--trial]';
    throw new Problem('usage', `${messageOf(error)}; type: ${usage}`, { cause: error });
  }
}

async function run(): Promise<void> {
  const given = readFlags();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const wrong = disagreement({
    version,
    changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
    tags: lines(git('tag', '--points-at', 'HEAD')),
    isClean: git('status', '--porcelain') === '',
  });
  if (wrong !== null && !given.trial) throw new Problem('missing', wrong);
  const programs = programsOf(given, version);
  const baseImage = baseImageOf(given['base-image']);
  const out = emptyFolder(resolve(given.out));
  if (wrong !== null) say(`a trial, not to be published: ${wrong}`);
  const epoch = Number(process.env['SOURCE_DATE_EPOCH'] ?? git('log', '-1', '--format=%ct'));
  const baseUrl = baseUrlOf(given['base-url'], programs !== null);
  await makeRelease({ root, out, version, epoch, baseUrl, programs, baseImage }, say);
  process.stdout.write(readFileSync(join(out, 'SHA256SUMS')));
}

function programsOf(given: ReturnType<typeof readFlags>, version: string): Release['programs'] {
  const binaries = (given.binary ?? []).map(readBinary);
  if (binaries.length === 0) return null;
  const names = binaries.map(({ os, arch }) => `${os}-${arch}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Problem('usage', `--binary ${twice} is given twice.`);
  const { notices, maintainer } = given;
  if (notices === undefined || !existsSync(notices))
    throw new Problem('usage', '--binary needs --notices FILE, the licences of what is in the one file.');
  if (maintainer === undefined || !/^[^<>\n]+ <[^<>@\s]+@[^<>@\s]+>$/.test(maintainer))
    throw new Problem('usage', "--binary needs --maintainer 'NAME <ADDRESS>', who answers for the package.");
  for (const binary of binaries) checkBinary(binary, version);
  return { binaries, notices: readFileSync(notices, 'utf8'), maintainer };
}

function baseImageOf(given: string | undefined): string | null {
  if (given === undefined) return null;
  if (process.getuid?.() !== 0)
    throw new Problem('missing', '--base-image: images are built as root; type: sudo npm run release …');
  const missing = ['buildah', 'dpkg-query'].filter((tool) => findTool(tool) === undefined);
  if (missing.length > 0) throw new Problem('missing', `--base-image: not installed: ${missing.join(', ')}.`);
  return given;
}

function baseUrlOf(given: string | undefined, needed: boolean): string {
  if (given === undefined && !needed) return '';
  if (given !== undefined && URL.canParse(given) && given.startsWith('https://'))
    return given.replace(/\/+$/, '');
  throw new Problem('usage', '--base-url needs the https address below which the files will be.');
}

/** What an earlier release left there goes; of a folder of somebody else nothing does. */
function emptyFolder(folder: string): string {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    if (!existsSync(join(folder, 'SHA256SUMS')))
      throw new Problem('usage', `${folder} holds what is no release; give --out another folder.`);
    rmSync(folder, { recursive: true });
  }
  mkdirSync(folder, { recursive: true });
  return folder;
}

try {
  await run();
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  say(error.message);
  process.exitCode = exitCodes[error.kind];
}

// The npm packages are those of package-lock.json, and the pinned Node.js is among them.
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { announce, interrupted, showOutput, start } from './run.mjs';
import { SetupStop } from './stop.mjs';

/** Installs what package-lock.json says unless it is there already; true when it had to. */
export async function bringNpmPackages(root, pinnedNode) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  if (wanted === undefined)
    throw new SetupStop(69, 'package-lock.json cannot be read; type: git checkout package-lock.json');
  const upToDate = () => isInstalled(wanted, readPackages(join(root, 'node_modules/.package-lock.json')));
  const install = !upToDate();
  if (install) await npmCi(root, upToDate);
  if (!isExecutable(pinnedNode)) {
    throw new SetupStop(
      69,
      'npm did not run the install script of the package "node", which brings Node.js 24; ' +
        'type: npm rebuild node --ignore-scripts=false',
    );
  }
  return install;
}

async function npmCi(root, upToDate) {
  announce('installing the npm packages (npm ci) …');
  const { exitCode, output } = await start(['npm', 'ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: pathOutside(root) },
  });
  if (interrupted()) throw new SetupStop(130, 'interrupted; type the same again to go on.');
  if (exitCode === 0 && upToDate()) return;
  showOutput(output);
  throw new SetupStop(
    69,
    'the npm packages could not be installed, for the reason above; mend it, then type: npm ci',
  );
}

/** PATH without our own node_modules: `npm ci` deletes them first, and must not delete the Node.js that it runs on. */
function pathOutside(root) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter((folder) => !folder.startsWith(join(root, 'node_modules'))).join(delimiter);
}

/** The packages of a lock file, by folder; undefined when it is missing or broken. */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Whether the packages of node_modules' own lock are those of package-lock.json. npm writes its own last, so an installation that
 * broke off has none.
 * @public The tests reach it by its path.
 */
export function isInstalled(wanted, installed) {
  if (installed === undefined) return false;
  const same = ([folder, entry]) => {
    const found = installed[folder];
    // An optional package may be for another platform, and is left out then.
    if (found === undefined) return folder === '' || entry.optional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  };
  return Object.entries(wanted).every(same) && Object.keys(installed).every((folder) => folder in wanted);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

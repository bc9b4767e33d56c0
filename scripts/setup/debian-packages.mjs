// The lab's tools come from Debian packages; they are installed where we may, else the user gets the one command that does it.
import { findPackageManager, installCommand, missingTools, packagesFor } from '../../src/system/find-tool.ts';
import { announce, interrupted, showOutput, start } from './run.mjs';
import { SetupStop } from './stop.mjs';

// A machine that has just booted may be upgrading itself and hold dpkg's lock.
const aptGet = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120'];

/** Installs the packages of the tools that are missing; throws a SetupStop that names them when it may not or cannot. */
export async function bringDebianPackages() {
  const missing = missingTools();
  if (missing.length === 0) return;
  if (process.platform !== 'linux') {
    throw new SetupStop(
      69,
      'the lab runs on Linux only: its namespaces and its netfilter are the Linux kernel.',
    );
  }
  const manager = findPackageManager();
  const becomeRoot = manager === 'apt-get' ? await wayToRoot() : undefined;
  if (becomeRoot === undefined) throw new SetupStop(69, whatToType(missing, manager));

  const packages = packagesFor(missing, manager);
  announce(`installing the Debian packages ${packages.join(', ')} …`);
  const output = await install(becomeRoot, packages);
  const left = missingTools();
  if (left.length === 0) return;
  showOutput(output);
  throw new SetupStop(69, whatToType(left, manager));
}

/** Package lists take long to fetch, so we fetch them only when the install did not work without. Returns what apt printed. */
export async function install(becomeRoot, packages) {
  const apt = (...args) => start([...becomeRoot, ...aptGet, ...args]);
  const installPackages = ['install', '-y', '--no-install-recommends', ...packages];
  const first = await apt(...installPackages);
  stopIfInterrupted();
  if (first.exitCode === 0) return first.output;
  announce('fetching the package lists (apt-get update) …');
  const update = await apt('update');
  stopIfInterrupted();
  const second = await apt(...installPackages);
  stopIfInterrupted();
  return second.exitCode === 0 ? second.output : update.output + second.output;
}

/** What to put before a command so that it runs as root: nothing as root, sudo if it asks for no password, else undefined. */
export async function wayToRoot() {
  if (process.getuid() === 0) return [];
  const { exitCode } = await start(['sudo', '-n', 'true']);
  stopIfInterrupted();
  return exitCode === 0 ? ['sudo', '-n'] : undefined;
}

function whatToType(missing, manager) {
  const names = `the lab needs ${missing.join(', ')}`;
  if (manager === undefined) return `${names}; install the packages that bring them.`;
  return `${names}; type: ${installCommand(missing, manager, { root: process.getuid() === 0 })}`;
}

function stopIfInterrupted() {
  if (interrupted()) throw new SetupStop(130, 'interrupted; type the same again to go on.');
}

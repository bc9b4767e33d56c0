// Prometheus and promtool, for the tests of the mesh's rules and dashboards. The Debian package is unpacked here and not installed:
// its service would start by itself and listen. Without it those tests are skipped, so this never stops a set-up.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findPackageManager, findTool } from '../../src/system/find-tool.ts';
import { wayToRoot } from './debian-packages.mjs';
import { announce, start } from './run.mjs';

/** Where the tests look for it. */
function prometheusFolder(root) {
  return join(root, 'node_modules/.cache/prometheus');
}

export async function bringPrometheus(root) {
  const folder = prometheusFolder(root);
  if (existsSync(join(folder, 'usr/bin/promtool'))) return;
  const possible = findPackageManager() === 'apt-get' && findTool('dpkg-deb') !== undefined;
  const failure = possible ? await unpack(folder) : 'there is no apt-get here';
  if (failure !== undefined) {
    announce(`there is no Prometheus, so the tests of the mesh's rules will be skipped (${failure})`);
  }
}

/** Returns why it could not be had. */
async function unpack(folder) {
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  try {
    announce('fetching the Debian package prometheus …');
    const failure = await download(work);
    if (failure !== undefined) return failure;
    const [file] = readdirSync(work).filter((name) => name.endsWith('.deb'));
    const unpacked = await start(['dpkg-deb', '-x', join(work, file), join(work, 'root')]);
    if (unpacked.exitCode !== 0) return unpacked.output.trim();
    await rm(folder, { recursive: true, force: true });
    await rename(join(work, 'root'), folder);
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Into the folder; the package lists are fetched only when it does not work without. */
async function download(folder) {
  // apt's own user may not write there, and says so at length; it then downloads as we are.
  const get = () =>
    start(['apt-get', '-q', '-o', 'APT::Sandbox::User=root', 'download', 'prometheus'], { cwd: folder });
  if ((await get()).exitCode === 0) return undefined;
  const becomeRoot = await wayToRoot();
  if (becomeRoot !== undefined) await start([...becomeRoot, 'apt-get', '-q', 'update']);
  const { exitCode, output } = await get();
  return exitCode === 0 ? undefined : (output.trim().split('\n').at(-1) ?? 'no reason given');
}

// Chromium, for the tests that open the report as a reader does. Without it they are skipped, so this never stops a set-up.
import { findPackageManager, findTool } from '../../src/system/find-tool.ts';
import { install, wayToRoot } from './debian-packages.mjs';
import { announce } from './run.mjs';

const name = 'chromium';

/** Installs it where we may; otherwise says in a line how to get it. */
export async function bringBrowser() {
  if (findTool(name) !== undefined) return;
  const becomeRoot = findPackageManager() === 'apt-get' ? await wayToRoot() : undefined;
  if (becomeRoot !== undefined) {
    announce(`installing the Debian package ${name} …`);
    await install(becomeRoot, [name]);
  }
  if (findTool(name) === undefined) {
    announce(`there is no ${name}, so the tests of the pages will be skipped; type: apt-get install ${name}`);
  }
}

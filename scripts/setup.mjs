// Brings a fresh checkout to where it runs; needs only Node.js 20 and npm, and does nothing when nothing is missing.
//   node scripts/setup.mjs        the npm packages, the pinned Node.js among them
//   node scripts/setup.mjs lab    and the Debian packages that the lab's tools are in
//   node scripts/setup.mjs test   and Chromium, which the tests of the report look at its pages with, Prometheus for the mesh's, and
//                                 the programs of the lab's workloads
import nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bringNpmPackages } from './setup/npm-packages.mjs';
import { endOnSignals, interrupted, start } from './setup/run.mjs';
import { SetupStop } from './setup/stop.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, 'node_modules/node/bin/node');

async function setUp(parts) {
  if (parts.some((part) => part !== 'lab' && part !== 'test')) {
    throw new SetupStop(64, `does not know "${parts.join(' ')}"; type: node scripts/setup.mjs lab`);
  }
  const installed = await bringNpmPackages(root, pinnedNode);
  if (installed || process.execPath !== pinnedNode) return runAgainOnPinnedNode(parts);
  if (!process.version.startsWith('v24.')) {
    throw new SetupStop(69, `${pinnedNode} is ${process.version}, not Node.js 24; type: npm ci`);
  }
  if (parts.length > 0) {
    // Without it, stripping types takes longer than all the rest of a set-up that has nothing to do.
    nodeModule.enableCompileCache(join(root, 'node_modules/.cache/netdebug'));
    const { bringDebianPackages } = await import('./setup/debian-packages.mjs');
    await bringDebianPackages();
    if (parts.includes('test')) {
      const { bringBrowser } = await import('./setup/browser.mjs');
      await bringBrowser();
      const { bringPrometheus } = await import('./setup/prometheus.mjs');
      await bringPrometheus(root);
      const { bringWorkloadPrograms } = await import('./setup/workload-programs.mjs');
      await bringWorkloadPrograms();
    }
  }
  return 0;
}

/** The rest reads TypeScript, which Node.js 20 cannot; and this way the pinned Node.js has shown that it runs. */
async function runAgainOnPinnedNode(parts) {
  const again = [pinnedNode, fileURLToPath(import.meta.url), ...parts];
  const { exitCode, output } = await start(again, { stdio: 'inherit' });
  if (exitCode === null && !interrupted()) {
    throw new SetupStop(69, `${pinnedNode} does not run on this machine: ${output}`);
  }
  return exitCode;
}

endOnSignals();
try {
  process.exitCode = await setUp(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupStop)) throw error;
  process.stderr.write(`setup: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
if (interrupted()) process.exitCode = 130;

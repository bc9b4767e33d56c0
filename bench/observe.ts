// What `netdebug observe` costs on a node with a thousand connections, in hundredths of a core.
//   node bench/observe.ts [SECONDS]     default: 20 each
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from '../src/system/process.ts';
import { sandboxArgv } from '../src/lab/world/sandbox.ts';

const connections = 1_000;
const allowedPercent = 2;
const seconds = Number(process.argv[2] ?? 20);
const cases: readonly { name: string; periodMs: number; flags: readonly string[] }[] = [
  { name: 'silent', periodMs: 0, flags: [] },
  { name: 'a probe each per 5 s', periodMs: 5_000, flags: [] },
  { name: 'the same, --port 9000', periodMs: 5_000, flags: ['--port', '9000'] },
];

let tooDear = false;
for (const { name, periodMs, flags } of cases) {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-bench-'));
  try {
    const inside = resolve(import.meta.dirname, 'observe-inside.ts');
    const words = [inside, connections, periodMs, seconds, join(folder, 'run'), ...flags].map(String);
    const argv = [...sandboxArgv(process.getuid?.() === 0), process.execPath, ...words];
    const { exitCode, stdout, stderr } = await run(argv, { timeoutMs: (seconds + 60) * 1_000 });
    if (exitCode !== 0) throw new Error(stderr);
    const { shares, seen } = JSON.parse(stdout) as { shares: Record<string, number>; seen: string };
    const total = Object.values(shares).reduce((sum, share) => sum + share, 0);
    const parts = Object.entries(shares).map(([part, share]) => `${part} ${share.toFixed(2)}`);
    console.log(
      `${connections} connections, ${name}: ${total.toFixed(2)}% of a core (${parts.join(', ')}); ${seen}`,
    );
    tooDear ||= total >= allowedPercent;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
process.exitCode = tooDear ? 1 : 0;

// Run inside a private world by failing-plan.test.ts: applies a plan whose last step must fail, and says what is left.
import { mkdir } from 'node:fs/promises';
import { applyPlan } from '../../src/lab/world/apply.ts';
import type { Plan } from '../../src/model/plan.ts';
import { messageOf, Problem } from '../../src/model/problem.ts';
import { run } from '../../src/system/process.ts';

await run(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
await mkdir('/run/netns');
const netns = 'a';
const plan: Plan = [
  { change: { do: 'add-netns', netns }, undo: { do: 'delete-netns', netns } },
  { change: { do: 'set-up', netns, dev: 'lo' }, undo: null },
  { change: { do: 'add-route', netns, to: '10.9.0.0/16', dev: 'lo' }, undo: null },
  { change: { do: 'add-route', netns, to: '10.9.0.0/16', dev: 'lo' }, undo: null },
];
try {
  await applyPlan(plan);
  process.stdout.write(JSON.stringify({ applied: true }));
} catch (error) {
  const left = (await run(['ip', 'netns', 'list'])).stdout.trim();
  const kind = error instanceof Problem ? error.kind : null;
  process.stdout.write(JSON.stringify({ applied: false, kind, message: messageOf(error), left }));
}

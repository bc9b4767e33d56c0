// Runs a program where some programs of this machine are missing: in namespaces in which something else lies over their files.
import assert from 'node:assert/strict';
import { run, type RunResult } from '../src/system/process.ts';
import { sandboxArgv } from '../src/lab/world/sandbox.ts';
import { findTool } from '../src/system/find-tool.ts';

/** Hides those of `names` that this machine has, then runs `argv` to its end. */
export async function withoutPrograms(names: readonly string[], argv: readonly string[]): Promise<RunResult> {
  const files = names.map((name) => findTool(name)).filter((file) => file !== undefined);
  const hide = `for file in ${files.join(' ')}; do mount --bind /dev/null "$file" || exit 99; done; exec "$@"`;
  const sandbox = sandboxArgv(process.getuid?.() === 0);
  const result = await run([...sandbox, 'sh', '-c', hide, 'sh', ...argv]);
  assert.notEqual(result.exitCode, 99, result.stderr);
  return result;
}

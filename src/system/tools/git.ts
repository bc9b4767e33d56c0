// git, asked one question: which commit a checkout stands at.
import { run } from '../process.ts';
import { findTool } from '../find-tool.ts';

/** The commit of the checkout in `folder`, short, with "-dirty" for changes on top of it; null when git does not say. */
export async function checkedOutCommit(folder: string): Promise<string | null> {
  if (findTool('git') === undefined) return null;
  const { exitCode, stdout } = await run([
    'git',
    '-C',
    folder,
    'describe',
    '--always',
    '--dirty',
    '--exclude=*',
  ]);
  return exitCode === 0 ? stdout.trim() : null;
}

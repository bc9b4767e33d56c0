// Programs that must not outlive us, even when we are killed.
import { findTool } from './find-tool.ts';

/**
 * The same command under setpriv, which has the kernel kill it when this process dies; as it is where setpriv is missing. A program
 * that changes its user takes that back, and ends when it next writes to us.
 */
export function endingWithUs(argv: readonly string[]): string[] {
  const setpriv = findTool('setpriv');
  return setpriv === undefined ? [...argv] : [setpriv, '--pdeathsig', 'KILL', ...argv];
}

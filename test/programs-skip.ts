// Why a test that needs root and programs of the machine is skipped.
import { findTool } from '../src/system/find-tool.ts';

/** What is missing, in words; false where nothing is. */
export function rootSkip(programs: readonly string[]): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  const missing = programs.filter((name) => findTool(name) === undefined);
  return missing.length > 0 && `not installed: ${missing.join(', ')}`;
}

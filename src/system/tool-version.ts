// Which version of a tool is installed, as the tool itself says.
import { messageOf } from '../model/problem.ts';
import { run } from './process.ts';
import type { ToolName } from './find-tool.ts';

/** What a tool said when asked for its version. BusyBox's tools share names with the real ones and lack what the lab uses. */
export type ToolVersion =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'busybox' }
  | { readonly kind: 'unknown'; readonly said: string };

/** Asks an installed tool for its version. */
export async function toolVersion(name: ToolName): Promise<ToolVersion> {
  try {
    const { stdout, stderr } = await run([name, name === 'ip' ? '-V' : '--version'], { timeoutMs: 5_000 });
    return parseToolVersion(stdout + stderr);
  } catch (error) {
    return { kind: 'unknown', said: messageOf(error) };
  }
}

/** Reads the version out of what a tool prints: its first number with a dot in it. */
export function parseToolVersion(printed: string): ToolVersion {
  if (/busybox/i.test(printed)) return { kind: 'busybox' };
  const firstLine = printed.trim().split('\n')[0] ?? '';
  const version = /[0-9]+(?:\.[0-9]+)+/.exec(firstLine)?.[0];
  return version === undefined ? { kind: 'unknown', said: firstLine } : { kind: 'version', version };
}

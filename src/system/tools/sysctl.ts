// sysctl's syntax: how kernel settings reach a namespace, and are read there.
import { runChecked } from '../process.ts';
import { inNetns } from './ip-netns.ts';

export function sysctlWords(settings: readonly { key: string; value: string }[]): string[] {
  return ['sysctl', '-q', '-w', ...settings.map(({ key, value }) => `${key}=${value}`)];
}

export async function setSysctls(
  netns: string,
  settings: readonly { key: string; value: string }[],
): Promise<void> {
  await runChecked(inNetns(netns, sysctlWords(settings)));
}

/** The values of settings that are numbers, in the order of `keys`. */
export async function readSysctls(netns: string, keys: readonly string[]): Promise<number[]> {
  const { stdout } = await runChecked(inNetns(netns, ['sysctl', '-n', ...keys]));
  return stdout.trim().split('\n').map(Number);
}

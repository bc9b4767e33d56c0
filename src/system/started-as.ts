// The name by which this program was started: kubectl looks for its plugins, and for what completes their words, by names of files.
import { basename } from 'node:path';

/** The plugin's file is what `kubectl netdebug` starts; the other one answers when Tab is pressed behind it (kubectl 1.26 or newer). */
const pluginNames = ['kubectl-netdebug', 'kubectl_complete-netdebug'] as const;

export type StartedAs = 'netdebug' | (typeof pluginNames)[number];

/** What a user types then. */
export const pluginWords = 'kubectl netdebug';

/**
 * Any other name than kubectl's two is ours, as that of the file itself is.
 * @param files The script as it was named, a link in PATH say; and, for an executable without one, what it was called by.
 */
export function startedAs(files: readonly string[] = [process.argv[1] ?? '', process.argv0]): StartedAs {
  const names = files.map((file) => basename(file));
  return pluginNames.find((name) => names.includes(name)) ?? 'netdebug';
}

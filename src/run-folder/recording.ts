// Evidence that was recorded where a scenario can be run, for machines where it cannot (scripts/guest); a checkout and a package have it, an image has not.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder that "netdebug diagnose" reads; null where there is none. */
export function recordingOf(scenario: string): string | null {
  const folder = fileURLToPath(new URL(`../../recordings/${scenario}`, import.meta.url));
  return existsSync(folder) ? folder : null;
}

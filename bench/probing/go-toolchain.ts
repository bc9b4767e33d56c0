// Which Go builds the reference: the newest that can be had, and what is to be said where that is not the one wanted.
import { execFileSync } from 'node:child_process';

export interface GoChoice {
  /** As in the environment variable GOTOOLCHAIN. */
  readonly toolchain: string;
  readonly command: string;
  /** `go1.26.8` */
  readonly version: string;
  /** Why it is not the one wanted; null when it is that or a newer one. */
  readonly note: string | null;
}

/** What a go older than this is asked to fetch, by way of the module proxy that it is set up with. */
export const wantedGo = 'go1.26.8';

/** Runs `go version` with this GOTOOLCHAIN; null when there is no such command or it fails. */
export type GoVersion = (command: string, toolchain: string) => string | null;

/** Null where there is no Go at all. */
export function chooseGo(version: GoVersion = goVersion): GoChoice | null {
  for (const command of ['go', '/usr/local/go/bin/go']) {
    const own = versionIn(version(command, 'local'));
    if (own === null) continue;
    if (isAtLeast(own, wantedGo)) return { toolchain: 'local', command, version: own, note: null };
    // A go before 1.21 does not know the variable, and answers with its own version.
    const fetched = versionIn(version(command, wantedGo));
    if (fetched === wantedGo) return { toolchain: wantedGo, command, version: fetched, note: null };
    const note = `${wantedGo} could not be had, so the system’s ${own} built the Go reference`;
    return { toolchain: 'local', command, version: own, note };
  }
  return null;
}

function versionIn(text: string | null): string | null {
  return /^go version (go[0-9.]+)/.exec(text ?? '')?.[1] ?? null;
}

/** Of the same or a later 1.X: a system's 1.26.3 needs no other one. */
function isAtLeast(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = numbers(version);
  const [wantedMajor = 0, wantedMinor = 0] = numbers(wanted);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

const numbers = (version: string) => version.replace('go', '').split('.').map(Number);

/** To fetch one takes seconds, or minutes where the network is slow. */
const fetchWithinMs = 180_000;

function goVersion(command: string, toolchain: string): string | null {
  try {
    return execFileSync(command, ['version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: fetchWithinMs,
      env: goEnvironment(toolchain),
    });
  } catch {
    return null;
  }
}

/** Without cgo, for the net package then is the same wherever it is built; with modules, or another toolchain is not looked for. */
export function goEnvironment(toolchain: string): NodeJS.ProcessEnv {
  return { ...process.env, GOTOOLCHAIN: toolchain, GO111MODULE: 'on', GOWORK: 'off', CGO_ENABLED: '0' };
}

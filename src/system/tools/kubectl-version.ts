// Which kubectl and which cluster: `kubectl version -o json`, and the oldest kubectl that does what we ask of it.
import { z } from '../../model/schema.ts';

const info = z.object({
  major: z.string().default(''),
  minor: z.string().default(''),
  gitVersion: z.string().default(''),
});
const versionSchema = z.object({ clientVersion: info, serverVersion: info.optional() });

export interface Version {
  /** `v1.32.4` */
  readonly text: string;
  /** Null when neither the number's own field nor the text says it: builds of one's own may leave both empty. */
  readonly major: number | null;
  readonly minor: number | null;
}

export interface Versions {
  readonly client: Version;
  /** Undefined when the cluster did not answer. */
  readonly server: Version | undefined;
}

/** Debian 12's; the oldest that was tried. Server-side apply came out of alpha in 1.16, its flag's present name in 1.18. */
export const oldestKubectl = { major: 1, minor: 20 } as const;

/** Reads what `kubectl version -o json` prints, `minor` being a number with or without a "+". Throws when it is something else. */
export function readVersions(json: unknown): Versions {
  const { clientVersion, serverVersion } = versionSchema.parse(json);
  return {
    client: read(clientVersion),
    server: serverVersion === undefined ? undefined : read(serverVersion),
  };
}

/** One that does not say its version is taken to be new enough. */
export function isTooOld({ major, minor }: Version): boolean {
  if (major === null || minor === null) return false;
  return major < oldestKubectl.major || (major === oldestKubectl.major && minor < oldestKubectl.minor);
}

function read(from: z.infer<typeof info>): Version {
  const [, major = '', minor = ''] = /^v?([0-9]+)\.([0-9]+)/.exec(from.gitVersion) ?? [];
  return {
    text: from.gitVersion || 'of an unstated version',
    major: firstNumber(from.major, major),
    minor: firstNumber(from.minor, minor),
  };
}

function firstNumber(...texts: readonly string[]): number | null {
  return texts.map((text) => Number.parseInt(text, 10)).find((number) => !Number.isNaN(number)) ?? null;
}

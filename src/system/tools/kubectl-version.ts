// Which kubectl and which cluster: `kubectl version -o json`, and the oldest kubectl that does what we ask of it.
import { z } from '../../model/schema.ts';

const info = z.object({ major: z.string(), minor: z.string(), gitVersion: z.string() });
const versionSchema = z.object({ clientVersion: info, serverVersion: info.optional() });

export interface Version {
  /** `v1.32.4` */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
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

export function isTooOld({ major, minor }: Version): boolean {
  return major < oldestKubectl.major || (major === oldestKubectl.major && minor < oldestKubectl.minor);
}

function read(from: z.infer<typeof info>): Version {
  return {
    text: from.gitVersion,
    major: Number.parseInt(from.major, 10),
    minor: Number.parseInt(from.minor, 10),
  };
}

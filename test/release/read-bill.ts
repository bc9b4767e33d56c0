// A bill of materials, read as somebody else reads it.
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

export interface Listed {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly 'bom-ref': string;
  readonly purl?: string;
  readonly licenses?: unknown;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly components?: readonly Listed[];
}

export interface Bill {
  readonly metadata: { readonly timestamp: string; readonly component: Listed };
  readonly components: readonly Listed[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

export const readBill = (text: string): Bill => JSON.parse(text) as Bill;

/** Rejects with what CycloneDX's published schema of that version says against it. */
export async function assertValid(text: string): Promise<void> {
  const wrong: unknown = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  if (wrong !== null) throw new Error(JSON.stringify(wrong));
}

/** `NAME VERSION` of each library, in the order of THIRD-PARTY-LICENSES. */
export const librariesOf = (parts: readonly Listed[]): string[] =>
  parts
    .filter(({ purl = '' }) => purl.startsWith('pkg:npm/'))
    .map(({ name, version }) => `${name} ${version}`)
    .sort();

/** The same of a text THIRD-PARTY-LICENSES, whose headings they are. */
export const librariesIn = (licences: string): string[] =>
  [...licences.matchAll(/^-{80}\n\n(\S+ [0-9]\S*) \(\S.*\)$/gm)].map(([, heading = '']) => heading).sort();

// What a part of a release is made of, as CycloneDX writes it: the same bytes each time, so that it has a checksum like the rest.
import { Enums, Models, SPDX, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';

/** Something that is in a file of the release, or the file itself. */
export interface Part {
  readonly type: Enums.ComponentType;
  readonly name: string;
  readonly version: string;
  /** Type, namespace and qualifiers of its package URL, by which scanners look it up; null for what no package system has. */
  readonly purl: {
    readonly type: string;
    readonly namespace?: string;
    /** Where it is called otherwise there. */
    readonly version?: string;
    readonly qualifiers?: Readonly<Record<string, string>>;
  } | null;
  readonly license?: string | undefined;
  readonly cpe?: string;
  readonly sha256?: string;
  /** What it is made of in turn. */
  readonly parts?: readonly Part[];
}

/** The program itself. @param parts The libraries in it, where it is itself a part of something */
export const programPart = (version: string, parts: readonly Part[] = []): Part => ({
  ...{ type: Enums.ComponentType.Application, name: 'netdebug', version, license: 'Apache-2.0' },
  ...{ purl: { type: 'npm' }, parts },
});

/** @param epoch Seconds: when it is said to be written. */
export function sbomOf(subject: Part, parts: readonly Part[], epoch: number): string {
  const bom = new Models.Bom();
  const component = componentOf(subject);
  bom.metadata.timestamp = new Date(epoch * 1_000);
  bom.metadata.component = component;
  for (const part of parts) {
    const one = componentOf(part);
    bom.components.add(one);
    component.dependencies.add(one.bomRef);
  }
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return `${new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 })}\n`;
}

/** @param above The reference of what it is in: the same library may be in several, and a reference that is not said is random. */
function componentOf(part: Part, above = ''): Models.Component {
  const purl = purlOf(part);
  const bomRef = `${above}${purl ?? `${part.name}@${part.version}`}`;
  const component = new Models.Component(part.type, part.name, {
    ...{ version: part.version, cpe: part.cpe },
    ...{ purl, bomRef },
    hashes: new Models.HashDictionary(
      part.sha256 === undefined ? [] : [[Enums.HashAlgorithm['SHA-256'], part.sha256]],
    ),
    licenses: new Models.LicenseRepository(part.license === undefined ? [] : [licenceOf(part.license)]),
  });
  for (const inner of part.parts ?? []) component.components.add(componentOf(inner, `${bomRef}#`));
  return component;
}

function purlOf({ purl, name, version }: Part): string | undefined {
  if (purl === null) return undefined;
  const [, scope, rest = name] = purl.type === 'npm' ? (/^(@[^/]+)[/](.+)$/.exec(name) ?? []) : [];
  return new PackageURL(
    ...([purl.type, purl.namespace ?? scope, rest, purl.version ?? version, purl.qualifiers] as const),
    undefined,
  ).toString();
}

const isIdentifier: (text: string) => boolean = SPDX.isSupportedSpdxId;

/** As package.json says it: an identifier, an expression of them, or something else. */
function licenceOf(text: string): Models.License {
  if (isIdentifier(text)) return new Models.SpdxLicense(text);
  const words = text
    .replace(/[()]/g, ' ')
    .trim()
    .split(/\s+(?:AND|OR)\s+/);
  return words.every((word) => isIdentifier(word))
    ? new Models.LicenseExpression(text)
    : new Models.NamedLicense(text);
}

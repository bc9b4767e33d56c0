// Whether what a release is called is the same wherever it is written: in package.json, in CHANGELOG.md, and by the commit's tag.

export interface Named {
  /** Of package.json. */
  readonly version: string;
  readonly changelog: string;
  /** Those of the commit that is checked out. */
  readonly tags: readonly string[];
  /** False where files differ from the commit. */
  readonly isClean: boolean;
}

/** A sentence with what to do, or null when all agree. */
export function disagreement({ version, changelog, tags, isClean }: Named): string | null {
  const [newest] = [...changelog.matchAll(/^## \[([0-9][^\]]*)\]/gm)].map((match) => match[1]);
  if (newest !== version)
    return `package.json says ${version}, and CHANGELOG.md ${newest === undefined ? 'has no version yet' : `has ${newest} as its newest version`}: give what is under [Unreleased] the heading "## [${version}]", or change the version.`;
  const tag = `v${version}`;
  if (!tags.includes(tag))
    return `this commit is not tagged ${tag}, as package.json and CHANGELOG.md say${tags.length === 0 ? '' : `, but ${tags.join(', ')}`}; type: git tag ${tag}`;
  if (!isClean) return `files differ from the commit that is tagged ${tag}: commit them, or put them away.`;
  return null;
}

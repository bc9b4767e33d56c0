// Which routing tables a Felix believes to be its own: from its environment, else its configuration, else its version's default.

export interface FelixTables {
  /** Inclusive ranges; empty when this version owns none; null when that cannot be told. */
  readonly ranges: readonly (readonly [number, number])[] | null;
  /** Where that is said, for the user to look at. */
  readonly source: string;
}

/** Felix takes tables from v3.14 on, by default 1 to 250 (Felix configuration reference, RouteTableRange and RouteTableRanges). */
const defaultRanges = [[1, 250]] as const;
const firstWithTables = { major: 3, minor: 14 };

/**
 * Felix's own order: environment before the datastore. A configuration for one node only (`node.NAME`) is not looked at.
 * @param version The image's tag, `v3.17.1` or `v3.17.1-gke.3`
 * @param felix The spec of FelixConfiguration `default`; empty when there is none
 */
export function felixTables(
  version: string,
  env: ReadonlyMap<string, string>,
  felix: Readonly<Record<string, unknown>>,
): FelixTables {
  for (const name of ['FELIX_ROUTETABLERANGES', 'FELIX_ROUTETABLERANGE']) {
    const ranges = parseRanges(env.get(name) ?? '');
    if (ranges.length > 0) return { ranges, source: `${name}=${env.get(name) ?? ''}` };
  }
  for (const name of ['routeTableRanges', 'routeTableRange']) {
    const ranges = readRanges(felix[name]);
    if (ranges.length > 0) return { ranges, source: `FelixConfiguration.${name}` };
  }
  const match = /^v?([0-9]+)\.([0-9]+)/.exec(version);
  if (match === null) return { ranges: null, source: `Calico ${version}, whose default is not known` };
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const takesTables =
    major > firstWithTables.major || (major === firstWithTables.major && minor >= firstWithTables.minor);
  return takesTables
    ? { ranges: defaultRanges, source: `the default of Calico ${version}` }
    : { ranges: [], source: `Calico ${version}, which is older than 3.14` };
}

/** Whether a table is in one of the ranges; null when they are not known. */
export function ownsTable(tables: FelixTables, table: number): boolean | null {
  return tables.ranges === null ? null : tables.ranges.some(([low, high]) => low <= table && table <= high);
}

/** `10-250`, or several with commas between them. */
function parseRanges(text: string): (readonly [number, number])[] {
  return [...text.matchAll(/([0-9]+) *- *([0-9]+)/g)].map(
    ([, low, high]) => [Number(low), Number(high)] as const,
  );
}

/** `{min, max}`, or a list of such. */
function readRanges(value: unknown): (readonly [number, number])[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((one) => {
    if (typeof one !== 'object' || one === null || !('min' in one) || !('max' in one)) return [];
    return typeof one.min === 'number' && typeof one.max === 'number' ? [[one.min, one.max] as const] : [];
  });
}

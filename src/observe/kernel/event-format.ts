// What a tracepoint of this kernel has: its fields, for filters, and what its line prints, from its `format`.

export interface EventFormat {
  readonly name: string;
  /** What a filter may ask for. */
  readonly fields: ReadonlySet<string>;
  /** The names in its line: `src`, `dest`, `reason`. */
  readonly printed: ReadonlySet<string>;
}

/** Parses events/SYSTEM/NAME/format; undefined when it is none. */
export function parseEventFormat(text: string): EventFormat | undefined {
  const name = /^name: (\S+)$/m.exec(text)?.[1];
  const line = /^print fmt: "((?:[^"\\]|\\.)*)"/m.exec(text)?.[1];
  if (name === undefined || line === undefined) return undefined;
  // `field:__u8 saddr[28];` and `field:const void * skaddr;`: the name stands last.
  const fields = [...text.matchAll(/^\tfield:[^;]*?([A-Za-z_0-9]+)(?:\[[^\]]*\])?;/gm)];
  const printed = [...line.matchAll(/([A-Za-z_][A-Za-z_0-9-]*)(?:=|: ?)%/g)];
  return {
    name,
    fields: new Set(fields.map(([, field = '']) => field)),
    printed: new Set(printed.map(([, key = '']) => key)),
  };
}

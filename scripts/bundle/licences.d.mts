export function librariesOf(
  root: string,
  files: readonly string[],
): { name: string; version: string; license: string; folder: string }[];

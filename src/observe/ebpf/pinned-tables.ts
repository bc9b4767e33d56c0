// The names of what is pinned in a machine's bpf file system: dataplanes keep their tables there over a restart of their agents.
import { readdirSync } from 'node:fs';

/** In a container the machine's is reached through its first process, where the rights suffice. */
const roots = ['/sys/fs/bpf', '/proc/1/root/sys/fs/bpf'];

/** Null where none of the folders can be read. */
export function pinnedTables(): string[] | null {
  const lists = roots.flatMap((root) => {
    const here = namesIn(root);
    return here === null ? [] : [[...here, ...(namesIn(`${root}/tc/globals`) ?? [])]];
  });
  return lists.length === 0 ? null : [...new Set(lists.flat())];
}

function namesIn(folder: string): string[] | null {
  try {
    return readdirSync(folder);
  } catch {
    return null;
  }
}

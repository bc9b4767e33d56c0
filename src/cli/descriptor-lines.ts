// Lines on a descriptor that somebody else opened, standard output or standard error: whole ones, also where a disk is full for a while.
import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Whether writes to it are done when they return. Pipes, sockets and terminals are for Node's streams, which wait for their readers. */
export function isFile(fd: number): boolean {
  const stats = fstatSync(fd);
  return stats.isFile() || (stats.isCharacterDevice() && !isatty(fd));
}

export interface DescriptorLines {
  /** Writes the lines as far as there is room; returns the error when there is not for all. */
  readonly write: (lines: string) => unknown;
}

export function descriptorLines(fd: number): DescriptorLines {
  // The offset may be shared with other programs, so that nothing can be taken back; a piece of a line is ended by a newline instead.
  let torn = false;
  return {
    write(lines) {
      const bytes = Buffer.from(`${torn ? '\n' : ''}${lines}`);
      let done = 0;
      try {
        while (done < bytes.length) done += writeSync(fd, bytes, done);
      } catch (error) {
        if (done > 0) torn = bytes[done - 1] !== newline;
        return error;
      }
      torn = false;
      return undefined;
    },
  };
}

const newline = 10;

// A page that docs/report.md shows, whatever it is of.
import { createHash } from 'node:crypto';
import type { FirstScreen } from '../../src/model/first-screen.ts';

export interface ShownPage {
  /** Of a scenario its name; in the names of the pictures. */
  readonly name: string;
  readonly heading: string;
  /** What happens in it. */
  readonly about: string;
  /** What is typed. */
  readonly command: string;
  /** What a terminal of 80 columns shows, all lines. */
  readonly printed: readonly string[];
  readonly screen: FirstScreen;
  readonly html: string;
}

/** Of the terminal that is shown. */
export const style = { columns: 80, colours: false, program: 'bin/netdebug' };

/** By which a page is known that is no longer the one in the picture. */
export const digestOf = ({ html }: ShownPage): string => createHash('sha256').update(html).digest('hex');

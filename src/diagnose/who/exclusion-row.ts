// What one row of the table of exclusions says, and the groups of suspects that rows speak of.
import { authors, type Author } from '../../model/author.ts';
import type { FactName } from '../facts/index.ts';

/** A fact that must have been seen; with `not `, one that a witness which would have seen it did not see. */
export type Condition = FactName | `not ${FactName}`;

export interface Exclusion {
  readonly when: readonly [Condition, ...Condition[]];
  readonly excludes: readonly Author[];
  /** As the end of "it was not …: ". */
  readonly because: string;
  readonly basis: 'physics' | 'convention';
}

export const clientEnds: readonly Author[] = ['client-application', 'client-process-died', 'client-kernel'];
export const serverEnds: readonly Author[] = ['server-application', 'server-process-died', 'server-kernel'];
export const programs: readonly Author[] = [
  'client-application',
  'client-process-died',
  'server-application',
  'server-process-died',
];
export const kernels: readonly Author[] = ['client-kernel', 'server-kernel', 'node-kernel'];
export const rules: readonly Author[] = ['client-pod-rule', 'node-rule', 'server-pod-rule'];
export const quiet: readonly Author[] = ['nobody', 'gave-up'];
export const allBut = (...left: readonly Author[]): readonly Author[] =>
  authors.filter((author) => author !== 'unknown' && !left.includes(author));

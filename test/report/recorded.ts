// Folders of real runs, trimmed to what a page needs: fewer answers, no packets but RSTs.
import { join } from 'node:path';

export const recordedReports = join(import.meta.dirname, '../recorded/report');

/** `default` has resets and both states of the rule, `none` and `inconclusive` are those outcomes. */
export const recordedRun = (name: 'default' | 'none' | 'inconclusive'): string => join(recordedReports, name);

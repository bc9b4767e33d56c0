// Whether a finding leaves something open that a user wants to know.
import type { Finding } from './run-record.ts';

/** Who or why is open or unknown. */
export const isOpen = ({ cause, author, certainty }: Finding): boolean =>
  cause === 'unknown' || author === 'unknown' || certainty?.cause === 'open' || certainty?.author === 'open';

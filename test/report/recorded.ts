// Folders of real runs, trimmed to what a page needs: fewer answers, no packets but RSTs.
import { join } from 'node:path';
import { diagnosePaths } from '../../src/experiment/re-diagnose.ts';
import { diagnosisRecordSchema, type DiagnosisRecord } from '../../src/model/diagnosis-record.ts';

export const recordedReports = join(import.meta.dirname, '../recorded/report');

/** `default` has resets and both states of the rule, `none` and `inconclusive` are those outcomes. */
export const recordedRun = (name: 'default' | 'none' | 'inconclusive'): string => join(recordedReports, name);

/** Bare ones, by others. */
export const recordedCaptures = join(import.meta.dirname, '../recorded/cases/captures');

/** The diagnosis of a bare capture, with its path as somebody would type it who stands in its folder. */
export async function recordedDiagnosis(capture: string): Promise<DiagnosisRecord> {
  const record = await diagnosePaths([join(recordedCaptures, capture)]);
  return diagnosisRecordSchema.parse(
    JSON.parse(JSON.stringify(record).replaceAll(`${recordedCaptures}/`, '')),
  );
}

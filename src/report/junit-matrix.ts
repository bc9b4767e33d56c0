// A matrix as a JUnit file: one test case per run, which fails when another outcome was expected.
import type { MatrixCell } from './matrix.ts';
import { runTitle } from './run-title.ts';
import type { TestCase } from './xml.ts';
import { suiteXml } from './xml.ts';

export function renderMatrixJunit(scenario: string, cells: readonly MatrixCell[]): string {
  return suiteXml({
    name: `${scenario} matrix`,
    seconds: cells.reduce((sum, { record }) => sum + record.durationSeconds, 0),
    startedAt: cells[0]?.record.startedAt ?? '',
    cases: cells.map(cellCase),
  });
}

function cellCase({ record, expected }: MatrixCell): TestCase {
  const { outcome, sentence } = record.verdict;
  const base = { name: runTitle(record), seconds: record.durationSeconds };
  if (outcome === expected) return { ...base, result: { kind: 'passed' } };
  return { ...base, result: { kind: 'failed', message: `${outcome}, expected ${expected}`, text: sentence } };
}

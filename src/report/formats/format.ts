// What a format is: a name, a file, and pure functions that make a document of a run and of a matrix of runs.
import type { DiagnosisRecord } from '../../model/diagnosis-record.ts';
import type { Outcome, RunRecord } from '../../model/run-record.ts';
import type { FixProof } from '../fix-proof.ts';
import type { TextStyle } from '../text-style.ts';
import type { RunView } from '../run-view.ts';

/** A run with what its events show and what is known about fixes. */
export interface ShownRun {
  readonly view: RunView;
  /** From this run and its neighbours. */
  readonly proofs: readonly FixProof[];
}

/** A run of a matrix: what was on, what came out, and what was expected. */
export interface MatrixCell {
  readonly record: RunRecord;
  readonly expected: Outcome;
}

/** The same with its picture. */
export interface PicturedCell extends MatrixCell {
  readonly view: RunView;
  /** The run's own page, relative to the matrix's; null when there is none. */
  readonly page: string | null;
}

export interface ShownMatrix<Cell extends MatrixCell = PicturedCell> {
  readonly scenario: string;
  /** Not empty. */
  readonly cells: readonly Cell[];
  /** Which runs could not be read, one sentence each. */
  readonly missing: readonly string[];
}

export type Format = {
  /** What `--format` is given. */
  readonly name: string;
  readonly fileName: string;
  /** Whether it is for reading in a terminal or a pipe; what is not is written to a file. */
  readonly printed: boolean;
  /** The whole document, with a newline at its end. `style` is for what is read in a terminal. */
  renderMatrix(matrix: ShownMatrix, style?: TextStyle): string;
  /** What was found in anybody's evidence: likewise a whole document. */
  renderDiagnosis(diagnosis: DiagnosisRecord, style?: TextStyle): string;
} & (
  | { readonly needs: 'record'; renderRun(run: RunRecord, style?: TextStyle): string }
  /** What is drawn from events can be made without a record, too. */
  | { readonly needs: 'events'; renderRun(run: ShownRun): string }
);

/** The columns of a matrix, whoever draws it. */
export function matrixHeads(factors: readonly string[], classes: readonly string[]): string[] {
  return [...factors, 'fix', ...classes.map((name) => `resets ${name}`), 'outcome', 'finding', 'expected'];
}

/** A row per run, each as long as matrixHeads. */
export function matrixRows(
  cells: readonly MatrixCell[],
  factors: readonly string[],
  classes: readonly string[],
): string[][] {
  return cells.map(({ record, expected }) => [
    ...factors.map((name) => (record.factors[name] === true ? 'on' : 'off')),
    record.fix ?? '-',
    ...classes.map((name) => String(record.classes.find((one) => one.name === name)?.resets ?? 0)),
    record.verdict.outcome,
    record.findings.map((finding) => finding.cause).join(', ') || '-',
    record.verdict.outcome === expected ? 'yes' : `no: ${expected}`,
  ]);
}

// A scenario with every combination of its factors and with each fix, one world after the other.
import { combinations } from '../lab/scenarios/combinations.ts';
import { findScenario } from '../lab/scenarios/index.ts';
import type { MatrixRecord } from '../model/matrix-record.ts';
import type { Choice } from '../model/scenario.ts';
import type { MatrixCell } from '../report/formats/format.ts';
import { cellFolder } from '../run-folder/layout.ts';
import { makeFolder } from '../run-folder/make-folder.ts';
import { readRunRecord } from '../run-folder/read-record.ts';
import { writeMatrixRecord } from '../run-folder/write-record.ts';
import { conclude, concludeAll, type Conclusion } from './conclude.ts';
import { labSettings, type LabSettings, type LabWishes } from './lab-settings.ts';

export interface MatrixHooks {
  /** The next run begins. */
  onCell(title: string, place: number, of: number): void;
  /** Runs one cell in a world of its own; false when it failed, which ends the matrix. */
  runCell(settings: LabSettings): Promise<boolean>;
}

export interface Matrix {
  readonly cells: readonly MatrixCell[];
  readonly record: MatrixRecord;
  readonly conclusion: Conclusion;
}

/** Runs them all into folders below the wishes' one; null when a run failed, or left no record. matrix.json is there after each run. */
export async function runMatrix(wishes: LabWishes, hooks: MatrixHooks): Promise<Matrix | null> {
  const { folder } = wishes;
  const scenario = findScenario(wishes.scenario);
  const choices = combinations(scenario, wishes.choice.variant);
  const cells: MatrixCell[] = [];
  const record: MatrixRecord = { schemaVersion: 1, kind: 'matrix', scenario: scenario.name, cells: [] };
  for (const [index, choice] of choices.entries()) {
    const title = titleOf(choice);
    hooks.onCell(title, index + 1, choices.length);
    const name = title.replaceAll(' ', '-');
    const own = cellFolder(folder, name);
    await makeFolder(own);
    const ran = await hooks.runCell(labSettings({ ...wishes, choice, folder: own, expected: 'any' }));
    if (!ran) return null;
    const expected = scenario.expected(choice);
    const read = await readRunRecord(own);
    // A run says itself why it could not write its record.
    if (read.data === null) return null;
    cells.push({ record: read.data, expected });
    record.cells.push({ folder: name, expected });
    await writeMatrixRecord(folder, record);
  }
  const conclusion = concludeAll(cells.map((cell) => conclude(cell.record, cell.expected, false)));
  return { cells, record, conclusion };
}

function titleOf({ factors, fix }: Choice): string {
  if (fix !== null) return `fix ${fix}`;
  const off = Object.entries(factors).filter(([, on]) => !on);
  return off.length === 0 ? 'as it is' : `without ${off.map(([name]) => name).join(' and ')}`;
}

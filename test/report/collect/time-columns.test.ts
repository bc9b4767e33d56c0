import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTimeColumns } from '../../../src/report/collect/time-columns.ts';

const counter = {
  make: () => ({ count: 0 }),
  merge: (into: { count: number }, from: { count: number }) => (into.count += from.count),
};

function columnsOf(moments: readonly number[], limit: number) {
  const columns = createTimeColumns(counter, { origin: 1_000, width: 10, limit });
  for (const moment of moments) {
    const column = columns.at(moment);
    if (column !== undefined) column.count += 1;
  }
  return columns;
}

test('a moment counts in the column that it lies in, and not before the origin', () => {
  const columns = columnsOf([999, 1_000, 1_009, 1_010, 1_035], 8);
  assert.deepEqual(
    columns.until(1_040, 10).map((column) => column?.count ?? 0),
    [2, 1, 0, 1],
  );
});

test('when time goes beyond the last column neighbours merge and nothing is lost', () => {
  const moments = Array.from({ length: 1_000 }, (_, index) => 1_000 + index);
  const columns = columnsOf(moments, 8);
  assert.equal(columns.width, 160);
  const counts = columns.until(2_000, 160).map((column) => column?.count ?? 0);
  assert.deepEqual(counts, [160, 160, 160, 160, 160, 160, 40]);
});

test('a row is shown as wide as asked for without changing it', () => {
  const columns = columnsOf([1_000, 1_010, 1_020], 8);
  assert.deepEqual(
    columns.until(1_030, 40).map((column) => column?.count),
    [3],
  );
  assert.deepEqual(
    columns.until(1_030, 10).map((column) => column?.count),
    [1, 1, 1],
  );
});

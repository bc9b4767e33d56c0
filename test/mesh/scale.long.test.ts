// The promises of docs/scale.md that do not depend on how fast a machine is, kept at 5,000 nodes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SizeFigures } from '../../bench/scale/measure.ts';
import { root } from './prometheus.ts';

const K = 10;

test('a plan of 5,000 nodes covers every node in little memory, and a change moves 2K edges and tells few', () => {
  const words = [join(root, 'bench/scale/measure.ts'), '5000'];
  const figures = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as SizeFigures;
  assert.equal(figures.uncovered, 0);
  assert.equal(figures.uncoveredWithoutZone, 0);
  assert.ok(figures.inDegree.least >= K / 2 && figures.inDegree.most <= 2 * K);
  assert.ok(
    figures.joinEdges <= 2 * K + 5 && figures.leaveEdges <= 2 * K + 5 && figures.churnEdges <= 2 * K + 5,
  );
  assert.ok(figures.joinAgents <= 2 * K + 5);
  assert.ok(figures.peakMib < 512, `${figures.peakMib} MiB`);
});

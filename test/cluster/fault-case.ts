// One thing that is wrong with a cluster or with what the user typed, and what a run says of it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FixtureOptions } from '../fixtures/api-server/server.ts';
import { kubectlSkip, underTest } from './against-fixture.ts';

export interface Fault {
  readonly when: string;
  readonly fixture?: FixtureOptions;
  readonly words?: readonly string[];
  readonly exitCode: number;
  readonly says: RegExp;
}

/** Declares a test: the run ends with the fault's sentence and exit code, prints no result, and leaves nothing in the cluster nor a folder here. */
export function testFault({ when, fixture = {}, words = [], exitCode, says }: Fault): void {
  test(`when ${when}, the run ends with ${exitCode} and says so`, { skip: kubectlSkip }, async (t) => {
    const cluster = await underTest(t, fixture);
    const ended = await cluster.run('run', ...words);
    assert.match(ended.stderr, says);
    assert.equal(ended.exitCode, exitCode, ended.stderr);
    assert.equal(ended.stdout, '');
    assert.deepEqual(cluster.leftObjects(), []);
    assert.doesNotMatch(ended.stderr, /There is no report|lab run/);
    assert.equal(existsSync(join(cluster.home, 'run')), false, 'an empty folder stays');
  });
}

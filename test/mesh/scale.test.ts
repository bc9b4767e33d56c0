// The promises of docs/scale.md that do not depend on how fast a machine is: what one agent costs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idleQuestion, seriesPerAgent } from '../../bench/scale/traffic.ts';

test('an agent has fewer than 230 series even when everything has happened to it', async () => {
  assert.ok((await seriesPerAgent(0)) < 230);
  assert.ok((await seriesPerAgent(22)) > (await seriesPerAgent(0)));
});

test('a question to which nothing has changed costs less than a kilobyte', async () => {
  const { sent, received } = await idleQuestion();
  assert.ok(sent + received < 1_024);
});

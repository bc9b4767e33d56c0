import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { it } from 'node:test';
import { z } from '../../src/model/schema.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { labSkip, startWords } from './netdebug.ts';

const saidSchema = z.object({
  applied: z.boolean(),
  kind: z.string().nullable(),
  message: z.string(),
  left: z.string(),
});

it(
  'a step that fails undoes what was built, and names its command and what that printed',
  { skip: await labSkip() },
  async () => {
    const program = resolve(import.meta.dirname, 'failing-plan.ts');
    const { stdout, stderr } = await startWords([
      ...sandboxArgv(process.getuid?.() === 0),
      ...[process.execPath, program],
    ]).ended;
    const said = saidSchema.parse(JSON.parse(stdout === '' ? 'null' : stdout), { error: () => stderr });
    assert.equal(said.applied, false);
    assert.equal(said.kind, 'fault');
    assert.match(said.message, /^"ip -n a route add 10\.9\.0\.0\/16 dev lo" failed: /);
    assert.match(said.message, /File exists/);
    assert.equal(said.left, '', 'no namespace is left');
  },
);

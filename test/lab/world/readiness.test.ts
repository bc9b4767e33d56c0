// The quick pre-flight passes on a machine that the lab runs on, and names what is missing on one that lacks it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { labReadiness, requireLab } from '../../../src/lab/world/readiness.ts';
import { withoutPrograms } from '../../without-programs.ts';

test('where everything is there, the pre-flight passes and every row is ok', async () => {
  await requireLab();
  const { ready, rows, install } = await labReadiness();
  assert.deepEqual(
    rows.filter((row) => row.state !== 'ok'),
    [],
  );
  assert.equal(ready, true);
  assert.equal(install, null);
});

test('without conntrack and tcpdump, the pre-flight is a Problem that names both and their packages', async () => {
  const module = join(import.meta.dirname, '../../../src/lab/world/readiness.ts');
  const ask = `import(${JSON.stringify(module)}).then((m) => m.requireLab()).catch((e) => console.log(e.kind, e.message))`;
  const { stdout } = await withoutPrograms(['conntrack', 'tcpdump'], [process.execPath, '-e', ask]);
  assert.match(stdout, /^missing The lab needs conntrack, tcpdump; type: .*\bconntrack.*\btcpdump\b/);
});

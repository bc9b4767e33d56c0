// The inside of a world whose task fails while something of it still runs, as a run whose second observer does not start.
import { createServer } from 'node:net';
import { insideWorld } from '../../../src/cli/lab/world-process.ts';
import { Problem } from '../../../src/model/problem.ts';

await insideWorld(async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  throw new Problem('missing', 'a part of the lab is missing');
});

// The live page of a recorded run in a process of its own, as `lab run --ui` serves it; SIGTERM ends it.
import { once } from 'node:events';
import { startLiveView } from '../../src/experiment/live-view.ts';
import { recordedRun } from '../report/recorded.ts';

const live = await startLiveView({ folder: recordedRun('default'), episodeWindowMs: 125 });
process.stderr.write(`Live: ${live.url}\n`);
// What it waits for may be nothing that keeps it running.
const staying = setInterval(() => undefined, 60_000);
await once(process, 'SIGTERM');
clearInterval(staying);
await live.end(null);

// Runs inside a private mount namespace, on a disk of 64 KiB that is filled and emptied: prints what its writers did as one line of JSON.
//   full-disk-inside.ts FOLDER
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEventOutput } from '../../src/cli/event-output.ts';
import { createLostBooks } from '../../src/run-folder/lost-books.ts';
import { openNodeFolder } from '../../src/run-folder/open-node.ts';
import { openRunFolder } from '../../src/run-folder/open-for-writing.ts';
import { writeReport } from '../../src/run-folder/write-record.ts';
import { messageOf } from '../../src/model/problem.ts';

const [folder = ''] = process.argv.slice(2);
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
if (mounted.status !== 0) throw new Error(mounted.stderr.toString());

const ballast = join(folder, 'ballast');
/** Leaves so many bytes, in pages of 4 KiB. */
const fill = (left: number) => {
  rmSync(ballast, { force: true });
  const { status } = spawnSync('sh', ['-c', `head -c ${65_536 - left} /dev/zero > "$0"`, ballast]);
  return status;
};
const empty = () => rmSync(ballast, { force: true });
const line = (number: number) => `{"number":${String(number).padStart(6, '0')},"x":"${'x'.repeat(300)}"}`;

const first: string[] = [];
let now = 0;
const books = createLostBooks(join(folder, 'run'), (sentence) => first.push(sentence), {
  now: () => (now += 1e6),
});
const run = await openRunFolder(join(folder, 'run'), 'lab', books);
const node = await openNodeFolder(join(folder, 'run'), 'node-1', 30_000, books);
const back: string[] = [];
const events = node.openEvents(
  0.5,
  () => undefined,
  (reason) => back.push(reason),
);
const raw = node.open('capture.pcap', 0.5, () => undefined, Buffer.from('HEAD'));
const log = run.log('server');

let number = 0;
const writeAll = (count: number) => {
  for (let written = 0; written < count; written += 1) {
    const text = line((number += 1));
    run.event(text);
    log.line(text);
    events.write(`${text}\n`);
    raw.write('0123456789');
    run.flush();
    events.flush();
    raw.flush();
  }
};
writeAll(5);
fill(30_000);
// Rolling as well, which needs a new file on a full disk.
writeAll(100);
let report = '';
await writeReport(join(folder, 'run'), 'report.html', line(0).repeat(1_000)).catch((error: unknown) => {
  report = messageOf(error);
});
empty();
writeAll(3);
run.close();
node.close();

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const files = Object.fromEntries(
  [
    'events.ndjson',
    'evidence/server.log',
    'evidence/node-1/events.ndjson',
    'evidence/node-1/events.1.ndjson',
    'evidence/node-1/capture.pcap',
  ].map((name) => [name, read(join('run', name))]),
);
rmSync(join(folder, 'run'), { recursive: true });

// The same for --events, whose writes are not waited for.
const lost: string[] = [];
const output = await openEventOutput(join(folder, 'client.ndjson'), (error) => lost.push(messageOf(error)));
const put = (text: string) =>
  new Promise<void>((resolve, reject) => {
    output.stream.write(text, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
fill(8_000);
for (let count = 0; count < 10; count += 1)
  await put(`${line(count * 2)}\n${line(count * 2 + 1)}\n`.repeat(3));
empty();
await put(`${line(999_999)}\n`);
await output.close();

const result = {
  first,
  back,
  books: books.all(),
  report,
  files,
  events: read('client.ndjson'),
  leftOut: output.leftOut,
  lost: lost.length,
};
writeFileSync(1, `${JSON.stringify(result)}\n`);

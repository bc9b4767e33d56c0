import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { diagnosisRecordSchema } from '../../src/model/diagnosis-record.ts';
import { accepted, firstEntry, resetConnection, rule, secondEntry } from '../diagnose/story-events.ts';
import { mainScript } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'netdebug-diagnose-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function diagnose(...words: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainScript, 'diagnose', ...words], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const flow = { port: 46_422, connectedAt: 1, lastGoodAt: 2, resetAt: 2.1 };
const probes = resetConnection(flow).map((event) => JSON.stringify(event));
const serverSide = [accepted(1.001, 5_622)].map((event) => JSON.stringify(event));
// The last is another connection's: conntrack tells late, and its silence of this one counts once it has told of something later.
const node = [
  ...[firstEntry(1, 46_422), secondEntry(1, 46_422, 5_622), rule(2.05, 'deleted')],
  firstEntry(4, 46_999),
].map((event) => JSON.stringify(event));

function write(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  return path;
}

const captures = resolve(import.meta.dirname, '../recorded/cases/captures');

describe('netdebug diagnose', () => {
  it('joins files from several places into one finding, and prints it as one JSON document', () => {
    const clients = write('clients', { 'a.ndjson': `${probes.join('\n')}\n` });
    const servers = write('servers', { 'b.ndjson': `${serverSide.join('\n')}\n` });
    const nodes = write('node', { 'evidence/n/events.ndjson': `${node.join('\n')}\n` });
    const { status, stdout, stderr } = diagnose('--json', clients, servers, nodes);
    assert.equal(status, 0, stderr);
    const { findings } = diagnosisRecordSchema.parse(JSON.parse(stdout));
    assert.deepEqual(
      findings.map(({ cause, author, connections }) => ({ cause, author, connections })),
      [{ cause: 'route-table-conflict', author: 'server-kernel', connections: 1 }],
    );
    const text = diagnose(clients, servers, nodes).stdout;
    assert.match(text, /^Finding: 1 lost connection in co-located\nWho: the server's kernel \(likely/);
    assert.match(text, /\n\n1 connection was reset\.\n {2}who {3}the server's kernel \(likely\)\n {2}why /);
    assert.match(text, /Deleted 30003/);
  });

  it('takes no attempt before the first answer for a lost connection, and says that there were some', () => {
    const [, , lost] = resetConnection(flow);
    assert.ok(lost?.event === 'failed');
    const refused = {
      ...lost,
      ...{ failure: 'refused', phase: 'connecting', answers: 0, slotAnswered: false },
    };
    const never = write('never', { 'events.ndjson': `${JSON.stringify(refused)}\n`.repeat(3) });
    const { status, stdout } = diagnose(never);
    assert.equal(status, 2, stdout);
    assert.match(stdout, /\n\nNo connection was lost, but 1 never had an answer\.\n$/);
    assert.match(stdout, /3 attempts failed before the first answer, which is no lost connection/);
    assert.match(stdout, /1 of the connections never had an answer/);
  });

  it('says what is missing when there are client events alone, and ends with 2', () => {
    const clients = write('alone', { 'events.ndjson': `${probes.join('\n')}\n` });
    const { status, stdout } = diagnose(clients);
    assert.equal(status, 2);
    assert.match(stdout, /^Finding: 1 lost connection in co-located\nWho: .*\nWhy: open: /);
    assert.match(stdout, /no evidence from any node: collect it with "netdebug observe"/);
  });

  it('leaves out lines that are cut off, foreign or of another version, and says how many', () => {
    const torn = [
      ...probes,
      '{"event":"failed","role":"client"}',
      'not json "role":"x"',
      '\u0000\u0001',
      probes[0]?.slice(0, 40) ?? '',
    ];
    const path = write('torn', { 'events.ndjson': torn.join('\n'), 'node.ndjson': `${node.join('\n')}\n` });
    const { status, stdout } = diagnose('--json', path);
    const { findings, notes } = diagnosisRecordSchema.parse(JSON.parse(stdout));
    assert.equal(status, 0);
    assert.equal(findings[0]?.cause, 'route-table-conflict');
    assert.ok(
      notes.some((note) => note.startsWith('3 lines hold no event')),
      notes.join('\n'),
    );
    assert.ok(
      notes.some((note) => note.includes('cut off')),
      notes.join('\n'),
    );
  });

  it('finds the same when the client’s clock is a day off', () => {
    const day = 86_400;
    const moved = resetConnection({ ...flow, connectedAt: 1 + day, lastGoodAt: 2 + day, resetAt: 2.1 + day });
    const path = write('day-off', {
      'client.ndjson': `${moved.map((event) => JSON.stringify(event)).join('\n')}\n`,
      'node.ndjson': `${node.join('\n')}\n`,
    });
    const { findings } = diagnosisRecordSchema.parse(JSON.parse(diagnose('--json', path).stdout));
    assert.deepEqual(
      findings.map((finding) => finding.cause),
      ['route-table-conflict'],
    );
  });

  it('reads a capture that others made, and claims no more than it shows', () => {
    const recorded = resolve(import.meta.dirname, '../recorded/observe');
    const events = join(recorded, 'rejected-on-loopback.ndjson');
    const capture = join(recorded, 'rejected-on-loopback.pcapng');
    // The RST was made by a rule on the node; a capture without directions looks as if the server's kernel had sent it.
    const { status, stdout, stderr } = diagnose('--json', events, capture);
    assert.equal(status, 2, stderr);
    const { findings, notes } = diagnosisRecordSchema.parse(JSON.parse(stdout));
    assert.deepEqual(
      findings.map(({ cause, author }) => ({ cause, author })),
      [{ cause: 'unknown', author: 'unknown' }],
    );
    assert.match(notes.join('\n'), /rejected-on-loopback\.pcapng: 45 packets read, 23 of them around resets/);
    const rst = findings[0]?.evidence.find(({ source }) => source === 'capture');
    assert.match(rst?.text ?? '', /^lo \? 127\.0\.0\.1\.8080 > 127\.0\.0\.1\.[0-9]+: Flags \[R\]/);
  });

  it('takes captures out of folders, but not the observers’ own, whose packets are in their events', () => {
    const capture = readFileSync(resolve(import.meta.dirname, '../recorded/observe/looped-flow.pcap'));
    const path = write('captures', {
      'client.ndjson': `${probes.join('\n')}\n`,
      'evidence/n/events.ndjson': `${node.join('\n')}\n`,
    });
    writeFileSync(join(path, 'evidence/n/capture.pcap'), capture);
    writeFileSync(join(path, 'evidence/n/eth0.pcap'), capture.subarray(0, 200));
    const { notes } = diagnosisRecordSchema.parse(JSON.parse(diagnose('--json', path).stdout));
    const about = notes.filter((note) => note.includes('.pcap'));
    assert.equal(about.length, 1);
    assert.match(about[0] ?? '', /eth0\.pcap: 1 packets read.*; the capture ends within a packet/);
  });

  it('control characters of evidence do not reach the terminal', () => {
    const evil = node.map((line) => line.replace('Deleted 30003', 'Deleted \\u001b[2J30003'));
    const path = write('evil', { 'events.ndjson': `${[...probes, ...serverSide, ...evil].join('\n')}\n` });
    const { stdout } = diagnose(path);
    assert.ok(!stdout.includes('\u001b'));
    assert.ok(stdout.includes('\\x1b[2J30003'));
  });

  it('a path that is not there, or has no events, ends with 64 and says what to give it', () => {
    const missing = diagnose(join(folder, 'nowhere'));
    assert.equal(missing.status, 64);
    assert.match(missing.stderr, /cannot be read/);
    const empty = diagnose(write('empty', { 'run.json': '{}' }));
    assert.equal(empty.status, 64);
    assert.match(empty.stderr, /neither events nor captures .*netdebug client --events.*, or a capture\.$/m);
  });

  it('explains a bare capture in its last lines, names the one command that would decide, and ends with 2 as the cause is open', () => {
    const { status, stdout, stderr } = diagnose(join(captures, 'any-v6.pcap'));
    assert.equal(status, 2, stderr);
    const lines = stdout.split('\n');
    const last = lines.slice(lines.indexOf('1 connection was reset: [fd61::1]:55614 to [fd61::2]:7005.'));
    assert.match(last[1] ?? '', /^ {2}who {3}open: the server's application, /);
    assert.match(
      last[2] ?? '',
      /^ {2}why {3}open: server-process-died, server-killed-for-memory, server-aborted or socket-destroyed$/,
    );
    assert.match(last[3] ?? '', /^ {2}cure {2}none while the cause is open/);
    const decide = lines.findIndex((line) => line.startsWith('To decide'));
    assert.equal(decide, -1);
    assert.match(last[4] ?? '', /^ {2}next {2}on the server's node \(fd61::2\) until it happens again/);
    assert.equal(last[5], '        sudo bin/netdebug observe --out evidence --port 7005');
    assert.equal(lines.filter((line) => line.includes('sudo ')).length, 1);
  });

  it('says of several lost connections in its last lines what holds of each, and ends with 2 while one is open', () => {
    const { status, stdout } = diagnose(join(captures, 'quiet-after-reset.pcap'));
    assert.equal(status, 2);
    assert.match(
      stdout,
      /\n\n3 connections were lost: 2 reset, 1 refused\.\n {2}2 connections were reset:\n {4}who {3}open: the server's application/,
    );
    assert.match(
      stdout,
      /\n {2}1 connection was refused:\n {4}who {3}open: .*\n {4}why {3}open: policy-reject, endpoint-replaced, duplicate-owner, server-process-died or server-killed-for-memory\n/,
    );
    assert.match(
      stdout,
      /\n {10}sudo tcpdump -n -i any -y LINUX_SLL2 -s 128 -w again\.pcap 'tcp and \(host 10\.61\.0\.1 or host 10\.61\.0\.2\)'\n/,
    );
  });

  it('--fail ends with 1 when a connection was lost, explained or not, and with 0 when none was', () => {
    assert.equal(diagnose('--fail', join(captures, 'any-v6.pcap')).status, 1);
    assert.equal(diagnose('--fail', join(captures, 'quiet-after-reset.pcap')).status, 1);
    const quiet = diagnose(
      '--fail',
      write('quiet', { 'events.ndjson': `${probes.slice(0, 2).join('\n')}\n` }),
    );
    assert.equal(quiet.status, 0);
    assert.match(quiet.stdout, /\n\nNo connection was lost; there is nothing to explain\.\n$/);
  });

  it('writes a page, a JUnit file and Markdown beside the one JSON document', () => {
    const out = write('reports', { 'old.html': 'old' });
    const [page, junit, markdown] = ['old.html', 'j.xml', 'm.md'].map((name) => join(out, name));
    const { status, stdout, stderr } = diagnose(
      ...['--json', '--html', page!, '--junit', junit!, '--markdown', markdown!],
      join(captures, 'any-v6.pcap'),
    );
    assert.equal(status, 2);
    assert.equal(stderr, `${page}\n${junit}\n${markdown}\n`);
    const { schemaVersion, kind, verdict, classes, counts, findings, toDecide } = diagnosisRecordSchema.parse(
      JSON.parse(stdout),
    );
    assert.deepEqual(
      { schemaVersion, kind, verdict, classes },
      {
        ...{ schemaVersion: 2, kind: 'diagnose', verdict: null, classes: [] },
      },
    );
    assert.deepEqual(counts, { lost: 1, benign: 0, stalled: 0, neverAnswered: 0 });
    assert.equal(toDecide?.command, 'sudo netdebug observe --out evidence --port 7005');
    assert.ok(findings[0]?.ladder);
    assert.match(readFileSync(page!, 'utf8'), /^<!doctype html>[^]*<h1>1 connection was reset: /);
    assert.match(readFileSync(junit!, 'utf8'), /<testsuite name="diagnose" tests="1" failures="1"/);
    assert.match(readFileSync(markdown!, 'utf8'), /^# 1 connection was reset: /);
    assert.deepEqual(readdirSync(out).sort(), ['j.xml', 'm.md', 'old.html']);
  });

  it('a file that cannot be written ends as with other outputs, with the option to give another file to', () => {
    const { status, stderr } = diagnose(
      '--html',
      join(folder, 'none', 'page.html'),
      join(captures, 'any-v6.pcap'),
    );
    assert.equal(status, 73);
    assert.match(stderr, /page\.html cannot be written: .*; choose another file with --html\.\n$/);
    assert.equal(diagnose('--html', '', join(captures, 'any-v6.pcap')).status, 64);
  });

  it('does not follow links out of the folder', () => {
    const path = write('linked', { 'readme.txt': '' });
    symlinkSync(join(folder, 'clients', 'a.ndjson'), join(path, 'events.ndjson'));
    assert.equal(diagnose(path).status, 64);
  });

  it('reads a capture from standard input, and says by its exit code when it can write or read nothing', () => {
    const capture = resolve(import.meta.dirname, '../recorded/cases/captures/vxlan-server-aborted.pcap');
    const piped = (input: Buffer, ...words: readonly string[]) =>
      spawnSync(process.execPath, [mainScript, 'diagnose', ...words], { input, encoding: 'utf8' });
    const { status, stdout, stderr } = piped(readFileSync(capture), '-');
    assert.equal(status, 2, stderr);
    assert.match(
      stdout,
      /^Why: open: server-process-died, server-killed-for-memory, server-aborted or socket-destroyed/m,
    );
    const none = piped(Buffer.from('no capture'), '-');
    assert.deepEqual([none.status, none.stdout], [64, '']);
    assert.match(none.stderr, /^netdebug: - holds no capture [^\n]*\n$/);
    const nowhere = diagnose(capture, '--annotate', join(folder, 'no/such/folder.pcapng'));
    assert.deepEqual([nowhere.status, nowhere.stdout], [73, '']);
    assert.match(nowhere.stderr, /^netdebug: .*folder\.pcapng cannot be written: [^\n]*\n$/);
    // 26 bytes of its first packet: not enough to tell that it is none of TCP's.
    const short = write('short', {});
    mkdirSync(short);
    const bytes = Buffer.from(readFileSync(capture).subarray(0, 24 + 16 + 26));
    bytes.writeUInt32LE(26, 24 + 8);
    writeFileSync(join(short, 'x'), bytes);
    const unread = diagnose(short);
    assert.equal(unread.status, 2);
    assert.match(unread.stdout, /in some capture no TCP packet could be read/);
  });
});

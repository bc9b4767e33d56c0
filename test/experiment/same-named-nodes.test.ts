// Evidence of two machines that have one name, and captures that do: what one saw is not what the other saw.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { diagnosePaths } from '../../src/experiment/re-diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { recordedEvidence } from '../diagnose/recorded.ts';

const root = mkdtempSync(join(tmpdir(), 'netdebug-namesakes-'));
after(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, events: readonly object[]): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return file;
}

const named = (event: NodeEvent, node: string): NodeEvent =>
  'scope' in event && event.scope === event.node ? { ...event, node, scope: node } : { ...event, node };

/** Paths of a recorded run's client, and of one folder for each of its two nodes, as `observe --out` on each makes it. */
function asFolders(run: string, names: readonly [string, string]): string[] {
  const { probes, nodes } = recordedEvidence(run);
  const place = `${run}-${names.join('-')}`;
  const clients = write(join(place, 'client.ndjson'), probes);
  const folders = ['node-1', 'node-2'].map((node, index) => {
    const name = names[index] ?? '';
    const own = nodes.filter((event) => event.node === node).map((event) => named(event, name));
    write(join(place, node, 'evidence', name, 'events.ndjson'), own);
    return join(root, place, node);
  });
  return [clients, ...folders];
}

describe('nodes of one name in two folders', () => {
  for (const run of [
    'gke-intranode-policy',
    'forged-reset',
    'policy-reject',
    'server-aborted',
    'silent-drop',
  ]) {
    it(`are two nodes: ${run}`, async () => {
      const apart = await diagnosePaths(asFolders(run, ['vm', 'wm']));
      const alike = await diagnosePaths(asFolders(run, ['vm', 'vm']));
      // Evidence names its file within its folder; all else is the same.
      const told = (text: string) => text.replaceAll('wm', 'vm (2)');
      const expected = JSON.parse(told(JSON.stringify(apart.findings))) as typeof apart.findings;
      const files = (findings: typeof apart.findings) =>
        JSON.parse(JSON.stringify(findings).replaceAll(/"file":"[^"]*"/g, '"file":""')) as unknown;
      assert.deepEqual(files(alike.findings), files(expected));
      assert.match(
        alike.notes.join('\n'),
        /2 nodes are named vm, and kept apart: "vm" is that of .*node-1, "vm \(2\)" is that of .*node-2/,
      );
      assert.doesNotMatch(apart.notes.join('\n'), /kept apart/);
    });
  }

  it('are said to be of one machine where both say so, and are kept apart all the same', async () => {
    const watchedBy = (...machines: readonly (string | undefined)[]) =>
      machines.map((machine, index) => {
        const started = {
          ...{
            event: 'source',
            at: '2026-11-23T06:41:40.000000Z',
            node: 'vm',
            source: 'capture',
            text: 'tcp',
          },
          ...{ file: 'evidence/vm/capture.pcap', state: 'started', lost: null, machine },
        };
        const folder = `machine-${machines.join('-')}-${index}`;
        write(join(folder, 'evidence/vm/events.ndjson'), [started]);
        return join(root, folder);
      });
    const said = async (paths: string[]) => (await diagnosePaths(paths)).notes.join('\n');
    assert.match(
      await said(watchedBy('a net:[1]', 'a net:[1]')),
      /kept apart: .*all of them are of one machine/,
    );
    for (const others of [watchedBy('a net:[1]', 'b net:[1]'), watchedBy('a net:[1]', undefined)])
      assert.doesNotMatch(await said(others), /one machine/);
  });

  it('are one where they lie in one folder, however it is named, and each of its files is read once', async () => {
    const [client = '', folder = ''] = asFolders('forged-reset', ['one', 'two']);
    const evidence = join(folder, 'evidence');
    const once = await diagnosePaths([client, folder]);
    const twice = await diagnosePaths([
      relative('.', client),
      client,
      folder,
      evidence,
      relative('.', join(evidence, 'one')),
    ]);
    assert.deepEqual(twice.read, once.read);
    assert.doesNotMatch(twice.notes.join('\n'), /kept apart/);
  });
});

describe('captures of one name in two folders', () => {
  it('are of two nodes', async () => {
    const recorded = resolve(import.meta.dirname, '../recorded/observe');
    const files = ['a', 'b'].map((folder) => {
      mkdirSync(join(root, folder));
      const file = join(root, folder, 'eth0.pcap');
      copyFileSync(join(recorded, 'looped-flow.pcap'), file);
      return file;
    });
    const { notes } = await diagnosePaths([join(recorded, 'rejected-on-loopback.ndjson'), ...files]);
    assert.match(
      notes.join('\n'),
      /2 nodes are named eth0, and kept apart: "eth0" is that of .*a\/eth0\.pcap, "eth0 \(2\)" is that of .*b\/eth0\.pcap/,
    );
  });
});

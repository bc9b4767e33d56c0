// What `netdebug lab` refuses: each wrong word ends with 64 and a sentence before anything is built.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { netdebug, newFolder } from '../lab-live/netdebug.ts';

describe('wrong words', () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['lab', 'run', 'gke'], /there is no scenario "gke"; choose one of: .*gke-intranode-policy/],
    [['lab', 'run', '--without', 'policy'], /there is no factor "policy".*network-policy/],
    [['lab', 'run', '--fix', 'magic'], /there is no fix "magic".*felix-table-range/],
    [['lab', 'run', '--duration', '20x'], /"20x" is not a duration/],
    [['lab', 'run', '--duration', '0s'], /--duration must be longer than nothing/],
    [['lab', 'run', '--period', 'x'], /"x" is not a duration/],
    [['lab', 'run', '--seed', '-1'], /--seed -1 must be a whole number/],
    [['lab', 'run', '--speed', 'fast'], /--speed fast must be a number/],
    [['lab', 'run', '--connections', '0'], /--connections 0 must be a number from 1/],
    [['lab', 'run', '--expect', 'good'], /--expect good is no outcome.*co-located-only/],
    [['lab', 'run', '--out', '/run/x'], /below \/run/],
    [
      ['lab', 'run', '--workload', 'mysql'],
      /there is no workload "mysql"; choose one of: raw, redis, .*grpc=PROGRAM/,
    ],
    [['lab', 'run', 'probe-stalled', '--workload', 'raw'], /probe-stalled has no form with the workload raw/],
    [['lab', 'run', '--server', 'moon'], /--server moon: choose one of: pod, node/],
    [['lab', 'run', 'endpoint-replaced', '--server', 'node'], /has no form with --server node/],
    [['lab', 'run', 'duplicate-owner', '--family', 'ipv6'], /has no form with --family ipv6/],
    [['lab', 'run', '--dataplane', 'ipvs'], /--dataplane ipvs: choose one of: iptables, nftables/],
    [
      ['lab', 'run', 'policy-reject', '--fix', 'established-first', '--dataplane', 'nftables'],
      /policy-reject has no such form with --dataplane nftables/,
    ],
    [['lab', 'run', '--family', 'ipx'], /--family ipx: choose one of: ipv4, ipv6/],
    [['lab', 'run', '--address-block', '4'], /--address-block 4: choose one of: 0, 1, 2, 3/],
    [['lab', 'run', '--address-block', '1.0'], /--address-block 1\.0: choose one of/],
    [['lab', 'matrix', '--address-block', '-1'], /--address-block -1: choose one of/],
    [['lab', 'run', '--nonsense'], /unknown option '--nonsense'/],
    [['lab', 'matrix', 'gke'], /there is no scenario "gke"/],
    [['lab', 'dance'], /unknown command 'dance'/],
    [['dance'], /unknown command 'dance'/],
  ];
  for (const [words, sentence] of cases) {
    it(`"${words.join(' ')}" ends with 64 and a sentence, and nothing on stdout`, async () => {
      const { exitCode, stdout, stderr } = await netdebug(...words);
      assert.equal(exitCode, 64, stderr);
      assert.match(stderr, sentence);
      assert.equal(stdout, '');
    });
  }

  it('what cannot be had is refused: an unknown variant, and another speed where the kernel sets the pace', async () => {
    const odd = await netdebug('lab', 'run', 'policy-reject', '--variant', 'odd');
    assert.equal(odd.exitCode, 64);
    assert.match(odd.stderr, /there is no variant "odd"; choose one of: to-server, /);
    const fast = await netdebug('lab', 'run', 'silent-drop', '--speed', '10');
    assert.equal(fast.exitCode, 64);
    assert.match(fast.stderr, /silent-drop runs at --speed 1 only/);
  });

  it('a folder that is not empty is refused', async (t) => {
    const folder = await newFolder(t);
    await mkdir(folder);
    await writeFile(join(folder, 'mine'), '');
    const { exitCode, stderr } = await netdebug('lab', 'run', '--out', folder);
    assert.equal(exitCode, 64);
    assert.match(stderr, /is not empty; choose a new or an empty folder/);
  });
});

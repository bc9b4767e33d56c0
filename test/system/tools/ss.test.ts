import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseSsLine, whyNoSs, type SsSocket } from '../../../src/system/tools/ss.ts';

// One world, listed at one time by three versions of ss: those of Debian 11, 12 and 13. In it a client sent 100 bytes by IPv4 and by IPv6
// that nobody read, one sent more than is taken, one is dropped by a rule, one closed its half, one is quiet, and one is closed with
// SO_LINGER 0; then a connection is destroyed by `ss -K`, and the program is killed.
const versions = ['5.10.0', '6.1.0', '6.15.0'];

function recorded(version: string, what: 'connections' | 'destroyed'): SsSocket[] {
  const file = join(import.meta.dirname, `../../fixtures/ss/iproute2-${version}-${what}.txt`);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => parseSsLine(line) ?? assert.fail(`not read: ${line}`));
}

const byCookie = (all: readonly SsSocket[], cookie: string) =>
  all.find((one) => one.cookie === cookie) ?? assert.fail(`${cookie} is not there`);

const end = (address: string, port: number) => ({ address, port });
const asked = { cgroup: '/', timer: null };

for (const version of versions) {
  describe(`what ss of iproute2 ${version} prints of connections`, () => {
    const all = recorded(version, 'connections');

    it('is read with addresses as others write them, an IPv4-mapped one as IPv4', () => {
      assert.equal(all.length, 14);
      const { state, local, peer } = byCookie(all, '12e353');
      assert.deepEqual(
        { state, local, peer },
        {
          ...{ state: 'ESTABLISHED', local: end('10.9.0.1', 7000), peer: end('10.9.0.1', 49548) },
        },
      );
      assert.deepEqual(byCookie(all, '12e352').local, end('fd09::1', 51262));
      // [fe80::9]%vv
      assert.deepEqual(byCookie(all, '12e34c').local, end('fe80::9', 43360));
    });

    it('is read with what was sent, received and left', () => {
      const { lastReceivedMs, ...unread } = byCookie(all, '12e34d');
      assert.ok(lastReceivedMs !== null && lastReceivedMs >= 1_900 && lastReceivedMs < 1_920);
      assert.deepEqual(unread, {
        ...{ state: 'ESTABLISHED', local: end('fd09::1', 7000), peer: end('fd09::1', 51262) },
        ...{ ...asked, cookie: '12e34d', inode: 19238997, ackedBesideData: 0, unread: 100, unsent: 0 },
        // It never sent: how long ago that was is nothing.
        ...{ bytesSent: 0, bytesReceived: 100, lastSentMs: null, retransmissions: 0 },
      });
      const stuck = byCookie(all, '12e348');
      assert.deepEqual(
        [stuck.unsent, stuck.timer, stuck.retransmissions, stuck.bytesSent],
        [3_791_494, 'persist', 1, 142_848],
      );
      assert.equal(byCookie(all, '12e346').timer, 'keepalive');
    });

    it('counts no FIN as a byte', () => {
      // One end sent nothing but its FIN, of which the kernel says Recv-Q 1 and bytes_received:1.
      const half = byCookie(all, '12e34e');
      assert.deepEqual([half.state, half.unread, half.bytesReceived], ['CLOSE_WAIT', 0, 0]);
      const { state, unsent, bytesSent } = byCookie(all, '12e34c');
      assert.deepEqual([state, unsent, bytesSent], ['FIN_WAIT2', 0, 0]);
    });
  });

  describe(`what ss of iproute2 ${version} prints of ends`, () => {
    const all = recorded(version, 'destroyed');

    it('is read with what the program had not read', () => {
      // Destroyed by ss -K; killed.
      for (const cookie of ['12e34d', '12e353'])
        assert.deepEqual(
          [byCookie(all, cookie).unread, byCookie(all, cookie).bytesReceived, byCookie(all, cookie).inode],
          [100, 100, null],
        );
      assert.equal(byCookie(all, '12e350').unread, 127_973);
      assert.equal(byCookie(all, '12e348').unsent, 3_791_494);
    });

    it('says nothing of a connection that was emptied before it ended', () => {
      const emptied = byCookie(all, '12e351');
      assert.deepEqual([emptied.local, emptied.peer], [end('::', 7003), end('10.9.0.1', 0)]);
      const { unread, unsent, bytesSent, bytesReceived, lastSentMs, lastReceivedMs, retransmissions } =
        emptied;
      assert.deepEqual(
        [unread, unsent, bytesSent, bytesReceived, lastSentMs, lastReceivedMs, retransmissions],
        Array<null>(7).fill(null),
      );
    });

    it('tells a listener by its having no peer', () => {
      const peers = all.filter(({ peer }) => peer.address === '::' && peer.port === 0);
      assert.deepEqual(
        peers.map(({ local }) => local.port),
        [7003, 7002, 7001, 7000],
      );
    });
  });
}

describe('a line of ss', () => {
  const tail = ' <-> ts cwnd:10 bytes_received:9 segs_in:2 data_segs_in:1';
  const read = (text: string) => parseSsLine(text) ?? assert.fail(text);

  it('leaves it open whether the last byte was a FIN', () => {
    const last =
      'UNCONN 1 1 10.9.0.1:1 10.9.0.2:2 ino:0 sk:1 cwnd:10 bytes_received:9 segs_in:2 data_segs_in:1';
    assert.deepEqual([read(last).unread, read(last).unsent], [null, null]);
    const sum = (state: string) => {
      const { unread, unsent } = read(`${state} 3 4 10.9.0.1:1 10.9.0.2:2 ino:7 sk:1${tail}`);
      return [unread, unsent];
    };
    assert.deepEqual(sum('ESTAB'), [3, 4]);
    assert.deepEqual(sum('CLOSE-WAIT'), [2, 4]);
    assert.deepEqual(sum('FIN-WAIT-1'), [3, 3]);
    assert.deepEqual(sum('LAST-ACK'), [2, 3]);
  });

  it('is read with the cgroup whole, whatever its name looks like', () => {
    const of = (cgroup: string) =>
      read(`ESTAB 0 0 10.9.0.1:1 10.9.0.2:2 uid:5 ino:7 sk:1a cgroup:${cgroup}${tail}`);
    assert.equal(of('/kubepods.slice/x.scope').cgroup, '/kubepods.slice/x.scope');
    const evil = '/user/a <-> ino:9 sk:2b cwnd:1 bytes_received:77';
    assert.deepEqual(
      [of(evil).cgroup, of(evil).inode, of(evil).cookie, of(evil).bytesReceived],
      [evil, 7, '1a', 9],
    );
    // As cgroup v1 has it.
    assert.equal(
      read(`ESTAB 0 0 10.9.0.1:1 10.9.0.2:2 ino:7 sk:1a cgroup:unreachable:1${tail}`).cgroup,
      null,
    );
    assert.equal(of('/a v6only:0').cgroup, '/a');
  });

  it('of an old kernel, or an old ss, does not say that nothing was sent', () => {
    const old = read(
      'ESTAB 0 0 10.9.0.1:1 10.9.0.2:2 ino:7 sk:1 <-> cwnd:10 segs_in:2 data_segs_out:3 data_segs_in:1',
    );
    assert.deepEqual([old.bytesSent, old.lastSentMs, old.bytesReceived], [null, 0, null]);
    const bare = read('ESTAB 0 0 10.9.0.1:1 10.9.0.2:2');
    assert.deepEqual(
      [bare.cookie, bare.inode, bare.bytesSent, bare.retransmissions, bare.lastSentMs],
      [null, null, null, null, null],
    );
  });

  it('has no cookie where the kernel gives none, which is not one that all share', () => {
    assert.equal(read('ESTAB 0 0 10.9.0.1:1 10.9.0.2:2 ino:7 sk:0 <-> cwnd:10').cookie, null);
  });

  it('is none where ss prints something else', () => {
    for (const text of ['', 'State Recv-Q Send-Q Local Address:Port Peer', '\t ts cwnd:10', 'ESTAB 0 0 here'])
      assert.equal(parseSsLine(text), undefined, text);
  });
});

it('why ss fails is said in words', () => {
  assert.match(whyNoSs("ss: invalid option -- 'O'") ?? '', /older than iproute2 5\.2/);
  assert.match(
    whyNoSs("nsenter: reassociate to namespace 'ns/net' failed: Operation not permitted") ?? '',
    /CAP_SYS_ADMIN/,
  );
  assert.match(whyNoSs('bind: Operation not permitted') ?? '', /CAP_NET_ADMIN/);
  assert.equal(whyNoSs('something else'), undefined);
});

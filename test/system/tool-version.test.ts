// Versions are read out of what the tools really print.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseToolVersion } from '../../src/system/tool-version.ts';

test('the version is the first dotted number of the first line', () => {
  const printed = {
    'ip utility, iproute2-6.1.0, libbpf 1.1.2': '6.1.0',
    'iptables v1.8.9 (nf_tables)': '1.8.9',
    'conntrack v1.4.7 (conntrack-tools)': '1.4.7',
    'sysctl from procps-ng 4.0.2': '4.0.2',
    'mount from util-linux 2.38.1 (libmount 2.38.1: selinux, smack)': '2.38.1',
    'tcpdump version 4.99.3\nlibpcap version 1.10.3 (with TPACKET_V3)': '4.99.3',
    'nftables v1.0.6 (Lester Gooch #5)': '1.0.6',
  };
  for (const [text, version] of Object.entries(printed)) {
    assert.deepEqual(parseToolVersion(`${text}\n`), { kind: 'version', version });
  }
});

test("BusyBox's look-alike is told apart, though it prints a version too", () => {
  const printed =
    'unshare: unrecognized option: version\nBusyBox v1.36.1 (2024-06-10 07:11:47 UTC) multi-call binary.\n';
  assert.deepEqual(parseToolVersion(printed), { kind: 'busybox' });
});

test('without a version, what was said instead is kept', () => {
  const said = 'ip: error while loading shared libraries: libbpf.so: cannot open shared object file';
  assert.deepEqual(parseToolVersion(`${said}\n`), { kind: 'unknown', said });
  assert.deepEqual(parseToolVersion('ip utility, iproute2-ss190107'), {
    kind: 'unknown',
    said: 'ip utility, iproute2-ss190107',
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseBpftoolNet, parseFilters, parseXdp } from '../../../src/system/tools/bpf-programs.ts';

// Of tcx in the form of bpftool 7.3, the rest as bpftool 7.1 and iproute2 6.1.0 printed it.
describe('programs in eBPF', () => {
  it('are named by bpftool, by links of newer kernels, too', () => {
    const tc = [
      { devname: 'va', ifindex: 3, kind: 'clsact/ingress', name: 'p.o:[tc]', id: 116 },
      {
        devname: 'lxc1',
        ifindex: 9,
        kind: 'tcx/ingress',
        name: 'cil_from_container',
        prog_id: 1521,
        link_id: 91,
      },
      { devname: 'x', ifindex: 4, kind: 'tcx/egress', prog_id: 2 },
    ];
    const json = JSON.stringify([
      {
        xdp: [{ devname: 'va', ifindex: 3, mode: 'generic', id: 120 }],
        tc,
        flow_dissector: [],
        netfilter: [],
      },
    ]);
    assert.deepEqual(parseBpftoolNet(json), ['p.o:[tc]', 'cil_from_container']);
  });

  it('are named by tc, which prints a list for each interface', () => {
    const text =
      '[{"protocol":"all","pref":1,"kind":"bpf","chain":0},{"protocol":"all","pref":1,"kind":"bpf","chain":0,"options":' +
      '{"handle":"0x1","bpf_name":"bpf_lxc.o:[from-container]","direct-action":true,"prog":{"id":7,"name":"handle_xgress"}}},' +
      '{"kind":"u32","options":{"bpf_name":"no"}}]\n\n[]\n';
    assert.deepEqual(parseFilters(text), ['bpf_lxc.o:[from-container]', 'handle_xgress']);
    assert.deepEqual(parseFilters(''), []);
  });

  it('of XDP are named by ip', () => {
    const json =
      '[{"ifindex":1,"ifname":"lo"},{"ifindex":3,"ifname":"va","xdp":{"mode":2,"prog":{"id":104,"name":"cil_xdp_entry"}}}]';
    assert.deepEqual(parseXdp(json), { links: ['lo', 'va'], programs: ['cil_xdp_entry'] });
  });
});

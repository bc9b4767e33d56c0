// What passes by on a node, made to happen in a private world: neighbours that move, a program in eBPF, rules of several owners.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import type { LineEvent, NodeEvent } from '../../src/model/node-event.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import type { Limit } from '../../src/observe/witness.ts';
import { run } from '../../src/system/process.ts';
import { labSkip } from './netdebug.ts';

const skip = await labSkip();
const inside = resolve(import.meta.dirname, 'passing-inside.ts');

interface Told {
  readonly events: readonly LineEvent[];
  readonly raw: readonly string[];
  readonly limits: readonly string[];
  readonly scope: string;
  readonly limit: Limit | null;
  readonly lost: number | null;
  /** Why it could not be made to happen. */
  readonly refused?: string;
}

async function watched(what: string): Promise<Told & { readonly stderr: string }> {
  const argv = [...sandboxArgv(process.getuid?.() === 0), process.execPath, inside, what];
  const { exitCode, stdout, stderr } = await run(argv, { timeoutMs: 60_000 });
  assert.equal(exitCode, 0, stderr);
  return { ...(JSON.parse(stdout) as Told), stderr };
}

const ofKind = <K extends NodeEvent['event']>(events: readonly LineEvent[], kind: K) =>
  events.filter((event): event is LineEvent<Extract<NodeEvent, { event: K }>> => event.event === kind);

describe('what passes by on a node', { skip }, () => {
  it('are neighbours that move or fail, of the node and of its pods; one that is deleted did neither', async () => {
    const { events, lost, limits, raw } = await watched('neighbours');
    const told = ofKind(events, 'neighbour').map(({ scope, change, address, macBefore, mac }) =>
      [scope, address, change, macBefore, mac].join(' '),
    );
    assert.deepEqual(
      told,
      [
        'here 10.9.9.2 moved 02:00:00:00:00:02 02:00:00:00:00:99',
        'here fd09::2 moved 02:00:00:00:00:02 02:00:00:00:00:99',
        'here 10.9.9.77 failed  ',
        '10.9.9.2 10.9.9.1 moved 02:00:00:00:00:01 02:00:00:00:00:55',
      ],
      raw.join('\n'),
    );
    assert.deepEqual([lost, limits], [0, []]);
  });

  it("is a dataplane in eBPF, by a program of it, and that its connection tracking can't be looked at", async (t) => {
    const { events, scope, limit, refused, stderr } = await watched('dataplane');
    if (refused !== undefined) {
      t.skip(`no program in eBPF can be attached here: ${refused}`);
      return;
    }
    // Without the program, with the interface alone, there was none.
    assert.deepEqual(JSON.parse(stderr), {
      scope: 'no rules of kube-proxy, netd, Calico or Cilium',
      limit: null,
    });
    const [event] = ofKind(events, 'dataplane');
    assert.deepEqual([event?.cilium, event?.ebpf?.map(({ owner }) => owner)], [true, ['Cilium']]);
    assert.ok(event?.ebpf?.[0]?.programs.includes('cil_from_contai'), JSON.stringify(event));
    assert.equal(scope, 'Cilium in eBPF');
    assert.match(limit?.text ?? '', /^the connection tracking of Cilium cannot be looked at: /);
    assert.deepEqual(limit?.blindTo, ['ebpf-conntrack']);
  });

  it('are rules, whose owners are told by the chain or table, and nobody where none tells it', async () => {
    const { events, raw } = await watched('rules');
    const counters = ofKind(events, 'counters');
    const owners = Object.fromEntries(counters.flatMap((event) => Object.entries(event.owners ?? {})));
    const changed = new Set(counters.flatMap(({ changes }) => Object.keys(changes)));
    const reject = [...changed].find((rule) => rule.startsWith('filter KUBE-SERVICES')) ?? '';
    assert.match(reject, / -j REJECT/);
    assert.deepEqual(owners, {
      'filter cali-fw-cali12 -p udp -m udp --dport 9 -j DROP': 'Calico',
      [reject]: 'kube-proxy',
      'inet kube-proxy filter-input udp dport 12 counter drop': 'kube-proxy',
    });
    assert.ok(changed.has('filter INPUT -p udp -m udp --dport 11 -j DROP'));
    assert.match(raw.join(), /cali-fw-cali12 -p udp -m udp --dport 9 -j DROP \+1 \(rule of Calico\)/);
    assert.match(raw.join(), /--dport 11 -j DROP \+1(?! \()/);
  });
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Change } from '../../../src/model/plan.ts';
import { deleteEntriesWords, fillLines } from '../../../src/system/tools/conntrack.ts';
import { nftTableText } from '../../../src/system/tools/nft.ts';
import { shellCommand } from '../../../src/lab/world/plan-commands.ts';

const fill = {
  ...{ do: 'fill-conntrack', netns: 'node-1', source: '172.16', mark: 2, leaveFree: 0, lifeSeconds: 300 },
} as const satisfies Change;

it('entries are deleted by what the filter names, and by nothing else', () => {
  assert.equal(deleteEntriesWords({}).join(' '), 'conntrack -D -p tcp');
  const filter = {
    originalSource: '10.0.0.1',
    originalDestination: '10.0.0.2',
    replySource: '10.0.0.3',
    mark: 7,
  };
  assert.equal(
    deleteEntriesWords(filter).join(' '),
    'conntrack -D -p tcp -s 10.0.0.1 -d 10.0.0.2 -r 10.0.0.3 --mark 7',
  );
});

it('a table is filled with flows that all differ', () => {
  const lines = fillLines(fill, 70_000).trimEnd().split('\n');
  assert.equal(lines.length, 70_000);
  assert.equal(new Set(lines).size, 70_000);
  assert.equal(
    lines[65_536],
    '-I -p tcp -s 172.16.0.0 -d 192.0.2.1 --sport 1025 --dport 80 --state ESTABLISHED -u ASSURED -t 300 -m 2',
  );
  assert.equal(fillLines(fill, 0), '');
});

it('an nft table is replaced as a whole, whether it is there or not', () => {
  assert.equal(
    nftTableText('middlebox', 'chain a { }'),
    'add table inet middlebox\ndelete table inet middlebox\ntable inet middlebox {\nchain a { }\n}\n',
  );
});

it('a change is printed as the command that a person would type', () => {
  const printed: [Change, string][] = [
    [
      { do: 'delete-entries', netns: 'node-1', filter: { replySource: '10.44.0.10' } },
      'ip netns exec node-1 conntrack -D -p tcp -r 10.44.0.10',
    ],
    [{ do: 'delete-nft-table', netns: 'vpc', name: 'x' }, 'ip netns exec vpc nft delete table inet x'],
    [
      { do: 'load-nft-table', netns: 'vpc', name: 'x', body: 'chain a { }' },
      `ip netns exec vpc nft -f - <<'END'\n${nftTableText('x', 'chain a { }')}END`,
    ],
    [
      {
        do: 'add-chain-rule',
        netns: 'node-1',
        rule: { table: 'filter', chain: 'FORWARD', place: 'last', rule: '-j DROP' },
      },
      'ip netns exec node-1 iptables -t filter -A FORWARD -j DROP',
    ],
    [
      fill,
      'ip netns exec node-1 conntrack -R -  # assured entries from 172.16.0.0/16 with mark 2 for 300 s, until 0 are free',
    ],
  ];
  for (const [change, command] of printed) assert.equal(shellCommand(change), command);
});

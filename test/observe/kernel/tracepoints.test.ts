import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEventFormat, type EventFormat } from '../../../src/observe/kernel/event-format.ts';
import { chooseTracepoints } from '../../../src/observe/kernel/tracepoints.ts';
import { recordedText } from '../recorded.ts';

const formats = new Map(
  recordedText('kernel/formats.txt')
    .split(/^(?=name: )/m)
    .flatMap((text) => {
      const format = parseEventFormat(text);
      return format === undefined ? [] : [[format.name, format] as const];
    }),
);
const nameOf = (path: string) => path.split('/').at(-1) ?? '';
const here = (path: string) => formats.get(nameOf(path));
const but = (path: string, change: (format: EventFormat) => EventFormat | undefined) => (asked: string) => {
  const format = here(asked);
  return asked === path && format !== undefined ? change(format) : format;
};

describe('the format of a tracepoint', () => {
  it('tells its fields and what its line prints', () => {
    const format = formats.get('tcp_send_reset')!;
    assert.deepEqual([...format.printed], ['skbaddr', 'skaddr', 'src', 'dest', 'state', 'reason']);
    assert.ok(format.fields.has('saddr') && format.fields.has('common_pid') && !format.fields.has('sport'));
    assert.ok(formats.get('tcp_receive_reset')!.printed.has('sock_cookie'));
    assert.ok(formats.get('mark_victim')!.printed.has('total-vm'));
  });

  it('is none where the text is another', () => {
    for (const text of ['', 'name: x\n', 'print fmt: "a=%d", REC->a\n'])
      assert.equal(parseEventFormat(text), undefined);
  });
});

describe('the choice of tracepoints', () => {
  it('takes all of this kernel, with filters for what they have fields for', () => {
    const { chosen, untold } = chooseTracepoints(here);
    assert.deepEqual(untold, []);
    assert.equal(chosen.length, 10);
    const filterOf = (name: string) => chosen.find((one) => one.name === name)?.filter;
    assert.equal(filterOf('tcp_send_reset'), null);
    assert.match(
      filterOf('inet_sock_set_state') ?? '',
      /^\(protocol==6\)&&\(oldstate==1\|\|newstate==10\|\|/,
    );
    assert.equal(filterOf('sched_process_exit'), '(group_dead==1)');
  });

  it('goes on without what an older kernel has not, and says so', () => {
    const none = chooseTracepoints(but('sock/inet_sk_error_report', () => undefined));
    assert.deepEqual(none.untold, ['sock/inet_sk_error_report is not there']);
    const exits = chooseTracepoints(
      but('sched/sched_process_exit', (format) => ({ ...format, fields: new Set(['pid']) })),
    );
    assert.equal(exits.chosen.find(({ kind }) => kind === 'process-exit')?.filter, null);
    const old = new Set(['sport', 'dport', 'saddr', 'daddr', 'saddrv6', 'daddrv6', 'state']);
    const resets = chooseTracepoints(but('tcp/tcp_send_reset', (format) => ({ ...format, printed: old })));
    assert.ok(resets.chosen.some(({ kind }) => kind === 'send-reset'));
    assert.deepEqual(resets.untold, ['RSTs that no socket sent, and why one was sent']);
    const other = chooseTracepoints(
      but('tcp/tcp_receive_reset', (format) => ({ ...format, printed: new Set(['x']) })),
    );
    assert.deepEqual(other.untold, ['tcp/tcp_receive_reset does not print what it takes']);
  });

  it('takes neither dropped packets nor ICMP errors, which name nobody on the node', () => {
    const names = chooseTracepoints(here).chosen.map(({ name }) => name);
    assert.ok(!names.includes('kfree_skb') && !names.includes('icmp_send'));
  });
});

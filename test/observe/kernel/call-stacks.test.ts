import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createStackReader } from '../../../src/observe/kernel/call-stacks.ts';
import { readTold } from '../../../src/observe/kernel/told.ts';
import { parseTraceLine } from '../../../src/observe/kernel/trace-line.ts';

const reset = (thread: string, at: string, socket: string) =>
  `  ${thread} [001] ..... ${at}: tcp_send_reset: skbaddr=0000000000000000 skaddr=${socket} src=10.77.1.1:7002 dest=10.77.1.1:38112 state=TCP_CLOSE reason=TCP_STATE`;
const stack = (thread: string, at: string, ...names: readonly string[]) => [
  `  ${thread} [001] ..... ${at}: <stack trace>`,
  ...names.map((name) => ` => ${name}`),
];
const asked = (text: string) => {
  const line = parseTraceLine(text);
  assert.ok(typeof line === 'object');
  const told = readTold('send-reset', line.fields);
  assert.ok(told !== undefined);
  return [line, told] as const;
};
const [one, other] = [
  reset('MainThread-26441', '48895.170041', '000000003103a19c'),
  reset('redis server-77', '48895.170043', '00000000053d308d'),
];

describe('the stack of a RST', () => {
  it("is that of its thread, without the tracepoint's own functions, and is given once", () => {
    const reader = createStackReader();
    for (const line of [
      ...[one, other],
      ...stack('redis server-77', '48895.170045', 'tcp_send_active_reset', 'do_exit'),
      ...stack(
        'MainThread-26441',
        '48895.178051',
        ...['trace_event_raw_event_tcp_send_reset', 'tcp_send_active_reset', 'tcp_disconnect'],
      ),
    ])
      reader.push(line);
    assert.deepEqual(reader.take(...asked(one)), ['tcp_send_active_reset', 'tcp_disconnect']);
    assert.deepEqual(reader.take(...asked(other)), ['tcp_send_active_reset', 'do_exit']);
    assert.deepEqual(reader.take(...asked(one)), []);
  });

  it('is none where it was lost, and never that of an earlier one', () => {
    const reader = createStackReader();
    for (const line of ['CPU:1 [LOST 3 EVENTS]', ...stack('MainThread-26441', '48895.1', 'tcp_close')])
      reader.push(line);
    assert.deepEqual(reader.take(...asked(one)), []);
    for (const line of [one, ...stack('MainThread-26441', '48895.178051', 'tcp_close')]) reader.push(line);
    assert.deepEqual(reader.take(...asked(one.replace('48895.17', '48896.17'))), []);
  });

  it('of an answer to a packet is not asked for', () => {
    const reader = createStackReader();
    const answer = one.replace('skbaddr=0000000000000000', 'skbaddr=00000000053d308d');
    for (const line of [answer, ...stack('MainThread-26441', '48895.17005', 'tcp_v4_rcv')]) reader.push(line);
    assert.deepEqual(reader.take(...asked(answer)), []);
  });
});

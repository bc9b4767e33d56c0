// The formats of Debian's Linux 6.1.192, as its tracefs has them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseEventFormat } from '../../../src/observe/kernel/event-format.ts';
import { chooseTracepoints } from '../../../src/observe/kernel/tracepoints.ts';
import { recordedText } from '../recorded.ts';

const formats = new Map(
  recordedText('kernel/formats-6.1.txt')
    .split(/^(?=name: )/m)
    .flatMap((text) => {
      const format = parseEventFormat(text);
      return format === undefined ? [] : [[format.name, format] as const];
    }),
);

it('Linux 6.1 tells neither why a RST was sent nor of those without a socket, and drops print a colon after "reason"', () => {
  const { chosen, untold, blindTo } = chooseTracepoints((path) => formats.get(path.split('/').at(-1) ?? ''));
  const sent = formats.get('tcp_send_reset');
  assert.ok(sent?.printed.has('sport') === true && !sent.printed.has('reason') && sent.fields.has('sport'));
  assert.ok(chosen.some(({ kind }) => kind === 'send-reset'));
  assert.ok(untold.includes('RSTs that no socket sent, and why one was sent'));
  assert.ok(blindTo.includes('resets-without-socket'));
  assert.ok(formats.get('kfree_skb')?.printed.has('reason') === true);
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseIpvsConnections } from '../../../src/observe/ipvs/connection-table.ts';
import { forgottenBetween, ipvsEvent, tableOf } from '../../../src/observe/ipvs/forgotten.ts';

const names = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n';
const row = (state: string, left: number, port = 'B3A4') =>
  `TCP 0A2C0021 ${port} 0A300E32 1F90 0A2C000A 1F90 ${state.padEnd(11)} ${String(left).padStart(7)}\n`;

it('the table is read in both families; other protocols and lines that are cut off are passed over', () => {
  const v6 =
    'TCP fd00:0010:0044:0000:0000:0000:0000:0021 9C41 fd00:0010:0048:0014:0000:0000:0000:0050 1F90 fd00:0010:0044:0000:0000:0000:0000:0010 1F90 FIN_WAIT         59\n';
  const udp = row('UDP', 299).replace('TCP', 'UDP');
  const all = parseIpvsConnections(`${names}${row('ESTABLISHED', 2)}${udp}${v6}TCP 0A2C0021 B3`);
  assert.deepEqual(all, [
    {
      ...{ client: '10.44.0.33', clientPort: 45_988, service: '10.48.14.50', servicePort: 8_080 },
      ...{ endpoint: '10.44.0.10', endpointPort: 8_080, state: 'ESTABLISHED', secondsLeft: 2 },
    },
    {
      ...{ client: 'fd00:10:44::21', clientPort: 40_001, service: 'fd00:10:48:14::50', servicePort: 8_080 },
      ...{ endpoint: 'fd00:10:44::10', endpointPort: 8_080, state: 'FIN_WAIT', secondsLeft: 59 },
    },
  ]);
});

it('what was established and is gone was forgotten; what had ended, or is still there, was not', () => {
  const before = tableOf(
    names + row('ESTABLISHED', 0) + row('FIN_WAIT', 0, 'B3A5') + row('ESTABLISHED', 1, 'B3A6'),
  );
  const now = tableOf(names + row('ESTABLISHED', 3, 'B3A6'));
  const [one, ...others] = forgottenBetween(before, now);
  assert.ok(one !== undefined && others.length === 0);
  const { said, text } = ipvsEvent(one, 1_000_000, 1_500_000);
  assert.deepEqual(said.tuple, { src: '10.44.0.33', sport: 45_988, dst: '10.48.14.50', dport: 8_080 });
  assert.deepEqual([said.secondsLeft, said.since < said.at], [0, true]);
  assert.match(text, /gone: TCP 10\.44\.0\.33:45988 → 10\.48\.14\.50:8080 → 10\.44\.0\.10:8080 ESTABLISHED/);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sandboxArgv } from '../../../src/lab/world/sandbox.ts';
import { findTool } from '../../../src/system/find-tool.ts';
import { run } from '../../../src/system/process.ts';
import { uncountedEndings } from '../../../src/system/tools/nft-endings.ts';
import { parseNftTable } from '../../../src/system/tools/nft.ts';
import { labSkip } from '../../lab-live/netdebug.ts';

const skip = (await labSkip()) || (findTool('nft') === undefined && 'nft is not installed');
const asRoot = process.getuid?.() === 0;

/** What the real nft prints of a table that it has loaded, in a network of its own. */
async function printed(body: string): Promise<string> {
  const input = `table inet t {\n${body}\n}\n`;
  const words = ['sh', '-c', 'nft -f - && nft list table inet t'];
  const { exitCode, stdout, stderr } = await run([...sandboxArgv(asRoot), ...words], { input });
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

describe('rules of nft that end packets and count none', { skip }, () => {
  it('are those with the verdict, policies and verdict maps that lead to one; what counts is not among them', async () => {
    const text = await printed(`
      map by-service {
        type ipv4_addr . inet_service : verdict
        elements = { 10.96.0.1 . 80 comment "a : drop" : goto refuse, 10.96.0.2 . 80 : drop, 10.96.0.3 . 443 : accept }
      }
      map harmless { type ipv4_addr : verdict; elements = { 10.96.0.9 : goto let-be } }
      chain refuse { comment "this rejects"; reject; }
      chain let-be { accept; }
      chain forward {
        type filter hook forward priority 0; policy drop;
        ip daddr . tcp dport vmap @by-service
        ip daddr vmap @harmless
        ct state vmap { established : accept, related : accept, new : accept, untracked : accept, invalid : drop }
        tcp dport 9 counter drop
        tcp dport 10 counter reject with tcp reset
        tcp dport 11 reject with tcp reset
        tcp dport 12 log prefix "drop " accept
        tcp dport 13 jump let-be
        tcp dport 14 drop
      }`);
    // refuse's own, port 11 and the map that leads to refuse; the policy, the two maps that drop, and port 14.
    assert.deepEqual(uncountedEndings(text), { reject: 3, drop: 4 }, text);
    assert.deepEqual(Object.keys(parseNftTable(text).counters).sort(), [
      'inet t forward tcp dport 10 counter reject with tcp reset',
      'inet t forward tcp dport 9 counter drop',
    ]);
  });

  it('are none where every rule counts, and a counter of many rules is not one of their own', async () => {
    assert.deepEqual(
      uncountedEndings(await printed('chain c { tcp dport 1 counter drop; tcp dport 2 counter accept; }')),
      { reject: 0, drop: 0 },
    );
    assert.deepEqual(
      uncountedEndings(
        await printed('counter every { }\nchain c { tcp dport 1 counter name "every" drop; }'),
      ),
      { reject: 0, drop: 1 },
    );
  });
});

describe('cut off anywhere, a table', () => {
  it('still gives numbers', () => {
    const text =
      'table inet t {\n\tmap m {\n\t\telements = { 1.2.3.4 : drop,\n\t\t\t 1.2.3.5 : goto x }\n\t}\n\tchain x {\n\t\treject\n\t}\n}\n';
    for (let length = 0; length <= text.length; length += 1) {
      const { reject, drop } = uncountedEndings(text.slice(0, length));
      assert.ok(reject >= 0 && reject <= 1 && drop === 0);
    }
  });
});

describe('what kube-proxy refuses by a verdict map', { skip }, () => {
  it('is each key that leads to a chain which rejects', async () => {
    const text = await printed(`
      map no-endpoint-services {
        type ipv4_addr . inet_proto . inet_service : verdict
        comment "vmap to drop or reject packets to services with no endpoints"
        elements = {
          10.96.0.44 . tcp . 80 comment "ns/no-endpoint:p80" : goto refuse,
          10.96.0.45 . udp . 53 comment "ns/a, b : goto c" : goto refuse,
          10.96.0.46 . tcp . 443 : goto refuse,
          10.96.0.47 . tcp . 443 : drop
        }
      }
      map others { type ipv4_addr : verdict; elements = { 10.96.0.9 : goto refuse } }
      chain refuse { comment "this rejects"; reject; }
    `);
    assert.deepEqual(
      [...parseNftTable(text).refused].sort(),
      ['10.96.0.44 . tcp . 80', '10.96.0.45 . udp . 53', '10.96.0.46 . tcp . 443'].map(
        (key) => `inet t no-endpoint-services ${key}`,
      ),
    );
    assert.deepEqual(parseNftTable('table ip filter {\n}\n').refused, []);
  });
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { remediesFor, type Surroundings } from '../../src/cli/watch/remedies.ts';

const missing = (witness: string, reason: string) =>
  ({ node: 'here', witness, state: 'unavailable', reason }) as const;
const root: Surroundings = {
  ...{ root: true, missingCapabilities: [], packageManager: 'apt-get', asRoot: 'sudo netdebug watch' },
};

it('what a watch lacks is said with the one command that brings it', () => {
  assert.deepEqual(remediesFor([], { ...root, missingCapabilities: ['CAP_SYS_ADMIN'] }), []);
  assert.deepEqual(
    remediesFor(
      [
        missing('capture', 'tcpdump is not installed'),
        missing('conntrack-events', 'conntrack is not installed'),
      ],
      root,
    ),
    [
      'to install what is missing: apt-get update && apt-get install -y --no-install-recommends conntrack tcpdump',
    ],
  );
  const refused = [missing('kernel-events', 'tracefs takes root')];
  assert.deepEqual(remediesFor(refused, { ...root, root: false, missingCapabilities: ['CAP_NET_RAW'] }), [
    'to see more: sudo netdebug watch',
  ]);
  assert.deepEqual(remediesFor(refused, { ...root, missingCapabilities: ['CAP_NET_RAW', 'CAP_SYS_ADMIN'] }), [
    'root here lacks rights; a container has them with: --cap-add NET_RAW --cap-add SYS_ADMIN',
  ]);
  assert.deepEqual(
    remediesFor([missing('capture', 'left out, as --without has it')], { ...root, root: false }),
    [],
  );
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseNetlinkSockets } from '../../src/system/netlink-sockets.ts';

// From /proc/PID/net/netlink of a namespace with `ip monitor` and `conntrack -E`, kernel 6.18; Rmem and Drops made up.
const printed = `sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
00000000b88bd78b 0   3655416891 00000000 0        0        0     2        0        25210   
000000008de96350 0   7          040404c1 2048     0        0     2        0        25209   
000000006cfbba04 12  3443917073 00000007 0        0        0     2        17       25206   
`;

it('groups, waiting bytes, drops and inodes are read per socket', () => {
  assert.deepEqual(parseNetlinkSockets(printed), [
    { protocol: 0, portid: 3_655_416_891, groups: 0, queued: 0, drops: 0, inode: '25210' },
    { protocol: 0, portid: 7, groups: 0x040404c1, queued: 2_048, drops: 0, inode: '25209' },
    { protocol: 12, portid: 3_443_917_073, groups: 7, queued: 0, drops: 17, inode: '25206' },
  ]);
});

it('an empty or foreign text has no sockets', () => {
  assert.deepEqual(parseNetlinkSockets(''), []);
  assert.deepEqual(parseNetlinkSockets('head\nsomething else\n'), []);
});

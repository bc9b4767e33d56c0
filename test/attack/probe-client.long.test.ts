// The probe's client under attack by the server that it was sent to.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { attackGroup, type Target } from './attack-group.ts';
import { startPeers, type Peers } from './honest-peers.ts';
import { hostilePeers } from './hostile-peers.ts';
import { startProbeClient } from './programs.ts';
import { eventually } from './scene.ts';

const exposureMs = 500;
/** Bounds that are ours. The seed dials again at once when a connection is lost; a server that closes each is no reason for a storm. */
const mostDials = 20;
const mostWritten = 300_000;

let peers: Peers;

attackGroup('the probe client', {
  async prepare() {
    peers = await startPeers();
    return () => peers.close();
  },
  start: () => startProbeClient(peers.port),
  attacks: hostilePeers.map(({ name, serve }) => ({
    name: `a server that ${name}`,
    async attack({ program }: Target, scene) {
      const written = program.written();
      scene.onEnd(() => peers.beHonest());
      peers.play(serve);
      await eventually('it comes', () => peers.accepted() > 0);
      await sleep(exposureMs);
      const [dials, more] = [peers.accepted(), program.written() - written];
      assert.ok(dials <= mostDials, `${dials} connections in ${exposureMs} ms`);
      assert.ok(more <= mostWritten, `${more} bytes of log and events`);
    },
  })),
  async works() {
    const before = peers.answered();
    await eventually('it probes', () => peers.answered() > before + 5);
  },
});

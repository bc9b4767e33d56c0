import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { until } from '../probe/recording.ts';
import { mainScript } from '../program.ts';
import { labSkip, netdebug, newFolder, readProbeEvents, startNetdebug, worldOf } from './netdebug.ts';

const skip = await labSkip();

describe('surroundings', { skip }, () => {
  it('--dry-run prints the plan as commands and builds nothing', async () => {
    const { exitCode, stdout, stderr } = await netdebug(
      'lab',
      'run',
      '--dry-run',
      '--without',
      'network-policy',
    );
    assert.equal(exitCode, 0);
    assert.equal(stderr, '');
    assert.match(stdout, /^ip netns add vpc$/m);
    assert.match(stdout, /^ip -n node-1 rule add not iif eth0 lookup 1 preference 30003$/m);
    assert.match(stdout, /^-A KUBE-SEP-SERVER -p tcp -m tcp -j DNAT --to-destination 10\.44\.0\.10:8080$/m);
    assert.doesNotMatch(stdout, /cali-FORWARD/);
  });

  it('--dry-run prints the faults as commands, with their times', async () => {
    const { exitCode, stdout } = await netdebug('lab', 'run', 'probe-stalled', '--dry-run');
    assert.equal(exitCode, 0);
    assert.match(
      stdout,
      /^# the client is stopped, and goes on: 1\.2s after the clients' start, then every 1\.4s/m,
    );
    assert.match(stdout, /^kill -STOP co-located\n# 900ms after its beginning\nkill -CONT co-located$/m);
  });

  it('a server that dies ends the run with 70 and its last words, and is not counted as a reset', async (t) => {
    const folder = await newFolder(t);
    const run = startNetdebug('lab', 'run', '--duration', '60s', '--out', folder, '--json');
    await run.said('running 4 classes');
    const killed = await netdebug(
      ...['lab', 'exec', ...(await worldOf(run)), 'vpc', '--'],
      ...['sh', '-c', 'kill -KILL $(ip netns pids server)'],
    );
    assert.equal(killed.exitCode, 0, killed.stderr);
    const { exitCode, stdout, stderr } = await run.ended;
    assert.equal(exitCode, 70);
    assert.match(stderr, /the server in pod server ended with signal SIGKILL/);
    assert.equal(stdout, '');
  });

  it('when the first process of the world is killed, the run ends with 70 and says so, and what was seen stays', async (t) => {
    const folder = await newFolder(t);
    const run = startNetdebug('lab', 'run', '--duration', '60s', '--out', folder);
    await run.said('running 4 classes');
    const [, pid] = await worldOf(run);
    process.kill(Number(pid), 'SIGKILL');
    const { exitCode, stdout, stderr } = await run.ended;
    assert.equal(exitCode, 70, stderr);
    assert.match(
      stderr,
      /\nnetdebug: the lab's inner process was killed, or broke off, before it was done \(/,
    );
    assert.equal(stdout, '');
    assert.ok((await readProbeEvents(folder)).some((event) => event.event === 'listening'));
  });

  it('a rule set by hand in a living world is seen by the agents: netd puts a deleted one back', async (t) => {
    const folder = await newFolder(t);
    const words = ['--duration', '60s', '--speed', '20', '--without', 'network-policy', '--expect', 'any'];
    const run = startNetdebug('lab', 'run', '--out', folder, ...words);
    await run.said('running 4 classes');
    const world = await worldOf(run);
    const script = `ip rule del preference 30003 && until ip rule | grep -q 30003; do sleep 0.05; done; ip rule`;
    const { exitCode, stdout, stderr } = await netdebug(
      'lab',
      'exec',
      ...world,
      'node-1',
      '--',
      'sh',
      '-c',
      script,
    );
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^30003:\tnot from all iif eth0 lookup 1 ?$/m);
    const nowhere = await netdebug('lab', 'exec', ...world, 'node-9', '--', 'true');
    assert.equal(nowhere.exitCode, 64);
    assert.match(nowhere.stderr, /there is no "node-9" in that world; choose one of: vpc, node-1/);
    run.child.kill('SIGINT');
    assert.equal((await run.ended).exitCode, 130);
  });

  it('a world that is held says the very command that looks into it, and ends tidily on SIGINT', async (t) => {
    const folder = await newFolder(t);
    const words = ['lab', 'run', '--out', folder, '--hold', '--duration', '1s', '--connections', '1'];
    // What it reads its Enter from stays open.
    const child = spawn(process.execPath, [mainScript, ...words], { stdio: ['pipe', 'ignore', 'pipe'] });
    t.after(() => child.kill('SIGKILL'));
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const closed = once(child, 'close') as Promise<[number | null]>;
    await until('it is held', () => stderr.includes('Enter ends it.'));
    const exec =
      /from another terminal: (?:sudo )?bin\/netdebug (lab exec --world [0-9]+ node-1 -- ip rule)\n/.exec(
        stderr,
      );
    assert.ok(exec !== null, stderr);
    const inside = await netdebug(...(exec[1] ?? '').split(' '));
    assert.equal(inside.exitCode, 0, inside.stderr);
    assert.match(inside.stdout, /lookup local/);
    child.kill('SIGINT');
    // What it came to in a second is as it was; the world goes in order.
    assert.ok([0, 1, 2].includes((await closed)[0] ?? -1), stderr);
  });

  it('lab exec without a world says how to get one, and a world that is none is refused', async (t) => {
    const none = await netdebug('lab', 'exec', '--world', String(process.pid), 'node-1', '--', 'ip', 'rule');
    assert.equal(none.exitCode, 64);
    assert.match(none.stderr, /holds no world/);
    const { exitCode, stderr } = await netdebug('lab', 'exec', 'node-1', '--', 'ip', 'rule');
    // With one, that is the one that is meant.
    if (exitCode === 0 || (/worlds? live/.test(stderr) && exitCode === 64)) {
      t.skip('other labs live on this machine');
      return;
    }
    assert.equal(exitCode, 69);
    assert.match(stderr, /lab run --hold/);
  });
});

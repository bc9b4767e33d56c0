// `cluster watch` on a real cluster, with programs of others: the right line within two seconds of each loss, the pods by their names,
// and nothing left, however it ends.
import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { spawn } from 'node:child_process';
import { watchLossSchema, type WatchLoss } from '../../src/model/watch-record.ts';
import { mainScript } from '../program.ts';
import { breakRules } from './rule-breaker.ts';
import { apiSwitch, kubectl, observerImage, ourObjects, shell, until } from './surroundings.ts';
import { inPod, kill, onNode, openShop, podOf, shop, workloadSkip } from './workloads.ts';

interface Heard {
  readonly loss: WatchLoss;
  /** Milliseconds from the loss to its first line. */
  readonly afterMs: number;
}

interface Watching {
  readonly pid: number;
  /** Each loss as it was said last. */
  losses(): Heard[];
  said(): string;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<number | null>;
}

/** Starts a watch and resolves when it watches. */
async function watch(t: TestContext, ...words: readonly string[]): Promise<Watching> {
  const child = spawn(
    process.execPath,
    [mainScript, 'cluster', 'watch', ...words, '-n', shop, '--image', observerImage, '-o', 'json'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const heard = new Map<string, Heard>();
  let [rest, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { success, data: loss } = watchLossSchema.safeParse(JSON.parse(line));
      if (!success) continue;
      const afterMs = heard.get(loss.id)?.afterMs ?? Date.now() - Date.parse(loss.at);
      heard.set(loss.id, { loss, afterMs });
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    process.stderr.write(text);
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  t.after(async () => {
    child.kill('SIGINT');
    await ended;
  });
  const watching: Watching = {
    pid: child.pid ?? 0,
    losses: () => [...heard.values()],
    said: () => stderr,
    kill: (signal) => void child.kill(signal),
    ended,
  };
  await until('it watches', 120, () =>
    Promise.resolve({ so: /^watching /m.test(stderr), last: stderr.slice(-500) }),
  );
  // The observers of the clients' nodes come when their connections have been seen.
  await until('both nodes are observed', 60, async () => {
    const pods = (await ourObjects()).filter((name) => name.startsWith('Pod '));
    return { so: pods.length >= 2, last: pods };
  });
  await new Promise((done) => setTimeout(done, 8_000));
  return watching;
}

/** Waits until clients of both nodes have lost something, and as long as lines are corrected. */
async function lostAtBoth(watching: Watching, app: string): Promise<Heard[]> {
  const [beside, apart] = [await podOf(`${app}-beside`), await podOf(`${app}-apart`)];
  const named = (name: string) =>
    watching.losses().filter(({ loss }) => loss.ends.client?.pod === `${shop}/${name}`);
  await until('clients of both nodes lost connections', 30, () =>
    Promise.resolve({
      so: named(beside.name).length > 0 && named(apart.name).length > 0,
      last: watching.losses().map(({ loss }) => loss.ends),
    }),
  );
  await new Promise((done) => setTimeout(done, 14_000));
  // The kubelet asks, too, whether the server is there.
  return watching.losses().filter(({ loss }) => loss.ends.client?.pod !== null);
}

function report(heard: readonly Heard[]): void {
  for (const { loss, afterMs } of heard) {
    const { client, server, backend } = loss.ends;
    process.stderr.write(
      `${loss.at.slice(11, 23)} ${afterMs} ms: ${client?.pod ?? client?.address} → ${server.service ?? server.pod} (${backend?.pod}): ${loss.ended}, ` +
        `${loss.cause.id} ${loss.cause.certainty}, ${loss.author.id} ${loss.author.certainty}; ${loss.node}\n`,
    );
  }
}

function isRight(heard: readonly Heard[], app: string, cause: string, author: string): void {
  report(heard);
  assert.ok(heard.length > 0);
  for (const { loss, afterMs } of heard) {
    const named = loss.cause.id === 'unknown' ? loss.rivals.map((one) => one.cause) : [loss.cause.id];
    assert.deepEqual(named, [cause], JSON.stringify(loss, null, 1));
    assert.equal(loss.author.id, author, JSON.stringify(loss, null, 1));
    assert.match(loss.ends.client?.pod ?? '', new RegExp(`^${shop}/${app}-(?:beside|apart)-`));
    // Be the connection older than the watch.
    const { server, backend } = loss.ends;
    assert.equal(server.service, `${shop}/${app}`, JSON.stringify(loss.ends));
    assert.match(backend?.pod ?? '', new RegExp(`^${shop}/${app}-[0-9a-f]`), JSON.stringify(loss.ends));
    assert.ok(afterMs <= 2_000, `said after ${afterMs} ms`);
  }
}

const nothingLeft = (seconds: number) =>
  until('nothing of it is left', seconds, async () => {
    const last = await ourObjects();
    return { so: last.length === 0, last };
  });

describe('the watch of a workload', { skip: workloadSkip }, () => {
  let closeShop: (() => Promise<void>) | undefined;
  before(async () => {
    closeShop = await openShop();
  });
  after(async () => {
    await closeShop?.();
  });

  for (const app of ['redis', 'postgres'] as const) {
    test(`${app} is killed: its process died, for the clients of both nodes`, async (t) => {
      const watching = await watch(t, `deploy/${app}`);
      const { name } = await podOf(app);
      await inPod(name, kill(app === 'redis' ? 'redis-server' : 'postgres'));
      const heard = await lostAtBoth(watching, app);
      // While it starts again nobody listens, which is another loss, and the same reason.
      isRight(
        heard.filter(({ loss }) => loss.ended !== 'refused'),
        app,
        'server-process-died',
        'server-process-died',
      );
      watching.kill('SIGINT');
      assert.equal(await watching.ended, 0);
      assert.deepEqual(await ourObjects(), []);
    });
  }

  test('a rule rejects what goes to the server: the node’s rule did', async (t) => {
    const watching = await watch(t, 'svc/redis');
    const { node, address } = await podOf('redis');
    const rule = `FORWARD -p tcp -d ${address} --dport 6379 -m conntrack --ctstate ESTABLISHED -j REJECT --reject-with tcp-reset`;
    await onNode(node, observerImage, `iptables -I ${rule} && sleep 3; iptables -D ${rule}`);
    isRight(await lostAtBoth(watching, 'redis'), 'redis', 'policy-reject', 'node-rule');
  });

  test('the routing rule is fought over: the server’s kernel resets its own node’s clients alone', async (t) => {
    const watching = await watch(t, 'deploy/redis');
    const heal = await breakRules();
    try {
      await new Promise((done) => setTimeout(done, 60_000));
    } finally {
      await heal();
    }
    const heard = watching.losses().filter(({ loss }) => loss.ends.client?.pod !== null);
    isRight(heard, 'redis', 'route-table-conflict', 'server-kernel');
    for (const { loss } of heard) assert.match(loss.ends.client?.pod ?? '', /redis-beside-/);
  });

  test('killed as by kill -9: its observers end by themselves', async (t) => {
    const watching = await watch(t, 'deploy/redis');
    watching.kill('SIGKILL');
    await watching.ended;
    assert.notDeepEqual(await ourObjects(), []);
    const begun = Date.now();
    await nothingLeft(120);
    process.stderr.write(`nothing is left ${Math.round((Date.now() - begun) / 1_000)} s after the kill\n`);
  });

  test('an observer is killed: another one takes its place, and what is lost then is told', async (t) => {
    const watching = await watch(t, 'deploy/redis');
    const { node } = await podOf('redis');
    const pods = JSON.parse(
      await kubectl('get', 'pods', `--namespace=${shop}`, '--selector=component=observer', '--output=json'),
    ) as { items: { metadata: { name: string }; spec: { nodeName: string } }[] };
    const own = pods.items.find(({ spec }) => spec.nodeName === node)?.metadata.name ?? '';
    const script =
      'for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline 2>/dev/null | grep -q "observe --serve.*--node $NODE" && kill -9 ${p#/proc/}; done; :';
    await kubectl('exec', own, `--namespace=${shop}`, '--', 'env', `NODE=${node}`, 'sh', '-c', script).catch(
      () => undefined,
    );
    await until('another one is started', 30, () =>
      Promise.resolve({ so: watching.said().includes('another one is started'), last: watching.said() }),
    );
    await new Promise((done) => setTimeout(done, 15_000));
    const { name } = await podOf('redis');
    await inPod(name, kill('redis-server'));
    const heard = await lostAtBoth(watching, 'redis');
    report(heard);
    for (const { loss } of heard.filter(({ loss }) => loss.ended !== 'refused'))
      assert.equal(loss.cause.id, 'server-process-died', JSON.stringify(loss, null, 1));
    watching.kill('SIGINT');
    assert.equal(await watching.ended, 0);
    assert.deepEqual(await ourObjects(), []);
  });

  test(
    'the API server is away for 20 s: what was lost meanwhile is told when it is back',
    { skip: apiSwitch === null ? 'nobody can stop the API server' : false },
    async (t) => {
      if (apiSwitch === null) return;
      const watching = await watch(t, 'deploy/redis');
      const { name } = await podOf('redis');
      await inPod(name, `(sleep 10; ${kill('redis-server')}) >/dev/null 2>&1 &`);
      await shell(apiSwitch.stop);
      await new Promise((done) => setTimeout(done, 20_000));
      assert.deepEqual(watching.losses(), []);
      await shell(apiSwitch.start);
      await until('the API server answers again', 60, () =>
        kubectl('get', '--raw', '/readyz').then(
          (last) => ({ so: last === 'ok', last }),
          (error: unknown) => ({ so: false, last: String(error) }),
        ),
      );
      const heard = await lostAtBoth(watching, 'redis');
      report(heard);
      for (const { loss } of heard.filter(({ loss }) => loss.ended !== 'refused'))
        assert.equal(loss.cause.id, 'server-process-died', JSON.stringify(loss, null, 1));
      watching.kill('SIGINT');
      assert.equal(await watching.ended, 0);
      assert.deepEqual(await ourObjects(), []);
    },
  );
});

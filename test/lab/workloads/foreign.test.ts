// Programs that are not ours: which scenarios they have a form of, how they are started, and what is said where they are missing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { labSettings, setupOf } from '../../../src/experiment/lab-settings.ts';
import { choose, findScenario, scenarios } from '../../../src/lab/scenarios/index.ts';
import { dryRunScript } from '../../../src/lab/world/dry-run.ts';
import { findWorkload, foreignWorkloads, refuseUnable } from '../../../src/lab/workloads/foreign/index.ts';
import { clientTasks, retriesWithin, serverTask } from '../../../src/lab/workloads/foreign/tasks.ts';
import { Problem } from '../../../src/model/problem.ts';

const settingsOf = (scenario: string, workload: string, variant?: string) =>
  labSettings({
    ...{ scenario, workload, seed: 1, folder: '/nowhere' },
    choice: choose(findScenario(scenario), variant === undefined ? {} : { variant }),
  });

const usage = (part: string) => (error: unknown) =>
  error instanceof Problem && error.kind === 'usage' && error.message.includes(part);

function argvOf(scenario: string, workload: string, variant?: string) {
  const settings = settingsOf(scenario, workload, variant);
  const setup = setupOf(settings);
  const run = { ...settings, ...setup, workload: findWorkload(workload) };
  const [server] = setup.servers;
  const [client] = setup.clients;
  assert.ok(server !== undefined && client !== undefined);
  const task = serverTask(run, server);
  return {
    server: run.workload.server(task),
    files: Object.values(run.workload.files(task)).join('\n'),
    beside: run.workload.beside(task),
    tasks: clientTasks(run, client),
    clients: clientTasks(run, client).flatMap((task) => run.workload.clients(task)),
  };
}

describe('workloads that are not ours', () => {
  it('an unknown one is refused with the names of those that there are', () => {
    assert.throws(() => settingsOf('healthy', 'mysql'), usage('raw, redis, postgres, http, grpc=PROGRAM'));
  });

  for (const { name } of foreignWorkloads) {
    it(`probe-stalled has no form with ${name}: it is about what our own probes report`, () => {
      assert.throws(() => settingsOf('probe-stalled', name), usage('no form'));
    });
  }

  const onlyOurs = [
    'probe-stalled',
    'server-killed-for-memory',
    'backlog-overflow',
    'keep-alive-race',
    'client-aborted',
    // Of this one variant alone.
    'port-clash reused-port',
  ];

  it('a scenario whose server does what it is told has no form with others', () => {
    assert.throws(() => settingsOf('server-killed-for-memory', 'raw'), usage('takes memory'));
    assert.throws(() => settingsOf('backlog-overflow', 'raw'), usage('share one port'));
  });

  it('raw has a form of every variant of every other scenario', () => {
    for (const scenario of scenarios.filter(({ name }) => !onlyOurs.includes(name))) {
      for (const { name } of scenario.variants) {
        const form = `${scenario.name} ${name}`;
        if (onlyOurs.includes(form)) assert.throws(() => settingsOf(scenario.name, 'raw', name), form);
        else assert.doesNotThrow(() => settingsOf(scenario.name, 'raw', name), form);
      }
    }
  });

  it('connections that speak at different paces do so in turn, by a program for each pace', () => {
    const shares = (scenario: string) =>
      argvOf(scenario, 'redis').tasks.map(({ connections, periodMs }) => [connections, periodMs]);
    assert.deepEqual(shares('idle-timeout-between'), [
      [3, 1_000],
      [3, 2_000],
      [3, 4_000],
    ]);
    assert.equal(shares('gke-intranode-policy').length, 1);
  });

  it('what a program cannot do is refused with the reason', () => {
    assert.throws(() => settingsOf('server-aborted', 'redis', 'linger'), usage('linger 0'));
    assert.throws(() => settingsOf('server-aborted', 'http', 'unread'), usage('nginx reads'));
    assert.throws(() => settingsOf('server-aborted', 'postgres'), usage('FIN'));
    assert.throws(() => settingsOf('healthy', 'http', 'chatty-server'), usage('unasked'));
    for (const [name, why] of [
      ['raw', 'late or idle'],
      ['redis', 'whole seconds'],
      ['postgres', 'goodbye'],
    ] as const)
      assert.throws(() => settingsOf('keep-alive-race', name), usage(why));
    assert.match(argvOf('keep-alive-race', 'http').files, /keepalive_timeout 250ms;/);
    const setup = findScenario('healthy').setup(choose(findScenario('healthy')));
    assert.doesNotThrow(() => refuseUnable(findWorkload('http'), 'healthy', setup));
  });

  it('nothing of this program runs at either end', () => {
    for (const { name } of foreignWorkloads) {
      const settings = settingsOf('policy-reject', name);
      const script = dryRunScript(setupOf(settings), { ...settings, foreign: findWorkload(name) });
      assert.doesNotMatch(script, /netdebug (server|client)/);
      const started = script
        .split('\n')
        .filter((line) => line.startsWith('ip netns exec') && line.includes('setpriv'));
      // The server, and the clients of two classes; PostgreSQL makes its files first.
      assert.equal(started.length, name === 'postgres' ? 4 : 3, started.join('\n'));
      for (const line of started)
        assert.match(line, /--reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --ambient-caps=-all/);
    }
  });

  it('the kernel of each client’s pod gives up about when the scenario’s own clients would', () => {
    assert.deepEqual([400, 500, 600, 780, 5_000].map(retriesWithin), [1, 1, 1, 2, 4]);
    const { plan } = setupOf(settingsOf('silent-drop', 'redis'));
    const settings = plan.flatMap(({ change }) => (change.do === 'set-sysctl' ? [change] : []));
    const patience = settings.filter(({ key }) => key === 'net.ipv4.tcp_retries2');
    assert.deepEqual(
      patience.map(({ netns, value }) => [netns, value]),
      [
        ['co-located-client', '2'],
        ['remote-client', '2'],
      ],
    );
    const own = { ...settingsOf('silent-drop', 'redis'), workload: null };
    assert.equal(setupOf(own).plan.length + 4, plan.length);
  });

  it('socat’s clients are told the scenario’s pace and patience', () => {
    const { clients, server } = argvOf('silent-drop', 'raw');
    assert.equal(clients.at(-1), 'TCP:10.48.14.50:8080,connect-timeout=0.78,setsockopt-int=6:18:780');
    assert.deepEqual(clients.slice(3, 8), ['clients', '4', '0.1', '0.2', 'a question of the lab']);
    assert.match(server.join(' '), /socat TCP4-LISTEN:8080,reuseaddr,fork,backlog=64 EXEC:.*,nofork$/);
  });

  it('a server that aborts does so by its own means: linger 0, 444, or input left unread', () => {
    assert.match(argvOf('server-aborted', 'raw', 'linger').server.join(' '), /,linger=0 /);
    assert.match(
      argvOf('server-aborted', 'raw', 'unread').server.join(' '),
      /answer\.bash 3600 1000000 0\.25,nofork$/,
    );
    assert.match(
      argvOf('server-aborted', 'redis', 'unread').beside?.join(' ') ?? '',
      /DEBUG SLEEP 0\.25\nCLIENT KILL/,
    );
    assert.match(argvOf('server-aborted', 'http', 'linger').files, /\$msec" \$abort \{ 12\.50% 1; \* 0; \}/);
    assert.match(argvOf('policy-reject', 'http').files, /\$msec" \$abort \{ \* 0; \}/);
  });

  it('the shell behind socat answers all that is there before it goes, and leaves it there where it is to abort', () => {
    const { files } = argvOf('service-without-endpoints', 'raw');
    const saidBy = (hang: string) =>
      spawnSync('bash', ['-c', files, 'answer', '3600', '1', hang], { input: 'one\ntwo\n', encoding: 'utf8' })
        .stdout;
    assert.equal(saidBy('0'), 'one\ntwo\n');
    assert.equal(saidBy('0.01'), 'one\n');
  });

  it('gRPC is a program that the user names, run by this Node.js', () => {
    const { clients, server } = argvOf('conntrack-table-full', 'grpc=/some/program.ts');
    assert.deepEqual(server, [process.execPath, '/some/program.ts', 'server', '8080', '700']);
    const words = ['clients', '10.48.14.50', '8080', '4', '100', '1800'];
    assert.deepEqual(clients, [process.execPath, '/some/program.ts', ...words]);
    assert.throws(() => settingsOf('healthy', 'grpc=/some/program.ts', 'chatty-server'), usage('unasked'));
  });

  it('a server that closes in an orderly way does so when nobody waits for an answer', () => {
    assert.match(argvOf('conntrack-table-full', 'http').files, /keepalive_requests 7;/);
    assert.match(argvOf('conntrack-table-full', 'redis').beside?.join(' ') ?? '', /CLIENT KILL TYPE pubsub/);
    assert.match(argvOf('conntrack-table-full', 'redis').clients.join(' '), /SUBSCRIBE news/);
    // A question that waits unread when its backend is ended makes a RST of the goodbye.
    assert.throws(() => argvOf('conntrack-table-full', 'postgres'), usage('psql hears only while it waits'));
    assert.equal(argvOf('policy-reject', 'redis').beside, null);
  });
});

describe('a proxy beside the server', () => {
  it('gets what comes for the server’s port from outside, and hands it on over loopback', () => {
    const settings = settingsOf('policy-reject', 'redis', 'sidecar');
    const setup = setupOf(settings);
    const script = dryRunScript(setup, { ...settings, foreign: findWorkload('redis') });
    const rule = '-A PREROUTING -i eth0 -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 15006';
    assert.match(
      script,
      new RegExp(`ip netns exec server iptables-restore <<'END'\n\\*nat\n:PREROUTING .*\n${rule}\n`),
    );
    assert.match(script, /socat TCP4-LISTEN:15006,reuseaddr,fork,backlog=64 TCP:127\.0\.0\.1:8080 &/);
    const ipv6 = dryRunScript(setupOf({ ...settings, family: 'ipv6' }), settings);
    assert.match(ipv6, /socat TCP6-LISTEN:15006,reuseaddr,fork,backlog=64 'TCP:\[::1\]:8080' &/);
  });

  it('is a part of a pod, so it has no form in a node’s network', () => {
    const choice = choose(findScenario('policy-reject'), { variant: 'sidecar' });
    assert.throws(
      () => labSettings({ scenario: 'policy-reject', choice, server: 'node', seed: 1, folder: '/nowhere' }),
      usage('--server node'),
    );
  });
});

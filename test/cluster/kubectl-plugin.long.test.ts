// `kubectl netdebug`, as the real kubectl finds it in PATH: the commands of the cluster under their own names, and Tab behind it.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { Command } from 'commander';
import { targetOptions } from '../../src/cli/cluster/target-flags.ts';
import { offersAt } from '../../src/cli/completion/offers-at.ts';
import { readVersions } from '../../src/system/tools/kubectl-version.ts';
import { inPath } from '../cli/completion/in-path.ts';
import { kubectlSkip, underTest, type Ended } from './against-fixture.ts';

/** Older ones do not ask a plugin what completes its words. */
const completionSkip = kubectlSkip !== false ? kubectlSkip : olderThan(26);

function olderThan(minor: number): string | false {
  const words = ['version', '--client', '--output=json'];
  const { client } = readVersions(JSON.parse(execFileSync('kubectl', words, { encoding: 'utf8' })));
  return client.minor !== null && client.minor < minor && `kubectl ${client.text} is older than 1.${minor}`;
}

type Kubectl = (...words: readonly string[]) => Promise<Ended>;

/** kubectl with the plugin in its PATH, and the fixture's cluster, where there is to be one. */
async function plugin(t: TestContext, kubeconfig?: string): Promise<Kubectl> {
  const { home, env } = await inPath(t);
  const run: Kubectl = (...words) =>
    new Promise<Ended>((done) => {
      const its = kubeconfig === undefined ? env : { ...env, KUBECONFIG: kubeconfig };
      execFile('kubectl', [...words], { cwd: home, env: its }, (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        done({ exitCode: typeof code === 'number' ? code : null, stdout, stderr });
      });
    });
  return run;
}

describe('kubectl netdebug', { skip: kubectlSkip }, () => {
  test('is one of its plugins, and the only one of ours', async (t) => {
    const run = await plugin(t);
    const { stdout } = await run('plugin', 'list', '--name-only');
    assert.deepEqual(stdout.match(/^.*netdebug.*$/gm), ['kubectl-netdebug']);
  });

  test('has the commands of the cluster under their own names, and the others', async (t) => {
    const run = await plugin(t);
    const { stdout } = await run('netdebug', '--help');
    assert.match(stdout, /^Usage: kubectl netdebug \[options\] \[command\]\n/);
    for (const name of ['preflight', 'run', 'cleanup', 'evidence', 'explain', 'mesh'])
      assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
    assert.doesNotMatch(stdout, /^ {2}cluster /m);
    assert.match(
      stdout,
      /^The commands of netdebug cluster are its own, [^]*, which is that of netdebug mesh; /m,
    );
    const page = await run('netdebug', 'explain', 'conntrack-invalid');
    assert.match(page.stdout, /^ {2}To see it happen: kubectl netdebug lab run conntrack-invalid$/m);
  });

  test('says what was typed, with the word cluster too', async (t) => {
    const run = await plugin(t);
    const helps = [await run('netdebug', 'run', '--help'), await run('netdebug', 'cluster', 'run', '--help')];
    for (const { exitCode, stdout } of helps) {
      assert.equal(exitCode, 0);
      assert.match(stdout, /^Usage: kubectl netdebug (cluster )?run \[options\]\n/);
      assert.match(stdout, /^ {2}kubectl netdebug run --image registry\.example\/netdebug$/m);
      assert.match(stdout, /"kubectl netdebug cleanup" at once/);
      assert.doesNotMatch(stdout, /(?<!kubectl )netdebug cluster/);
    }
  });

  test('observes a node, without the word mesh', async (t) => {
    const run = await plugin(t);
    const { stdout } = await run('netdebug', 'evidence', '--help');
    assert.match(stdout, /^Usage: kubectl netdebug evidence \[options\] <node>\n/);
    assert.match(stdout, /^ {2}kubectl netdebug evidence node-7 --image registry/m);
    const unknown = await run('netdebug', 'evidence', '-');
    assert.equal(unknown.exitCode, 64, unknown.stderr);
  });

  test('refuses as the program does, with its exit code', async (t) => {
    const run = await plugin(t);
    const { exitCode, stderr } = await run('netdebug', 'run', '--period', 'x');
    assert.equal(exitCode, 64);
    assert.match(stderr, /^netdebug: --period: "x" is not a duration/);
  });

  test('asks the cluster that kubectl is logged in to', async (t) => {
    const under = await underTest(t);
    const run = await plugin(t, under.kubeconfig);
    const plain = await under.run('preflight');
    const { exitCode, stdout } = await run('netdebug', 'preflight');
    assert.deepEqual({ exitCode, stdout }, { exitCode: plain.exitCode, stdout: plain.stdout });
    assert.match(stdout, /^\w+ +nodes /m);
    const left = await run('netdebug', 'cleanup', '--dry-run');
    assert.match(left.stdout, /^Nothing is left behind in namespace default\.$/m);
  });
});

describe('Tab behind kubectl netdebug', { skip: completionSkip }, () => {
  const offered = ({ stdout }: Ended) => stdout.split('\n').map((line) => line.split('\t')[0]);

  test('offers what can stand there', async (t) => {
    const run = await plugin(t);
    assert.deepEqual(offered(await run('__complete', 'netdebug', 'pre')), ['preflight', ':4', '']);
    // Asked about, and not for.
    assert.deepEqual(offered(await run('__complete', 'netdebug', 'version')), ['version', ':4', '']);
    assert.deepEqual(offered(await run('__complete', 'netdebug', 'explain', 'conntrack-i')), [
      'conntrack-invalid',
      ':4',
      '',
    ]);
    assert.deepEqual(offered(await run('__complete', 'netdebug', 'diagnose', '')), [':0', '']);
  });

  test("offers the cluster's namespaces, contexts and nodes", async (t) => {
    const under = await underTest(t);
    const run = await plugin(t, under.kubeconfig);
    const at = async (...words: string[]) => offered(await run('__complete', 'netdebug', ...words));
    assert.ok((await at('run', '--namespace', '')).includes('default'));
    assert.deepEqual(await at('run', '-n', 'defa'), ['default', ':4', '']);
    assert.deepEqual(await at('run', '--context', ''), ['fixture', ':4', '']);
    const nodes = await at('evidence', '');
    assert.ok(nodes.length >= 4 && nodes.every((name) => name === '' || /^(:4|[a-z0-9.-]+)$/.test(name!)));
  });

  test('offers the kinds of a target, and the names of one kind', async (t) => {
    const redis = {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'redis', namespace: 'default' } },
      spec: { replicas: 0, selector: { matchLabels: { app: 'redis' } } },
    };
    const under = await underTest(t, { objects: [redis] });
    const command = new Command('program').addCommand(new Command('watch').argument('<target>'));
    for (const option of targetOptions()) command.commands[0]?.addOption(option);
    const at = async (word: string) =>
      (await offersAt(command, ['watch', '--kubeconfig', under.kubeconfig, word])).offers;
    assert.ok((await at('')).every(({ value, open }) => value.endsWith('/') && open === true));
    const values = (found: readonly { readonly value: string }[]) => found.map(({ value }) => value);
    assert.deepEqual(values(await at('deploy')), ['deployment/']);
    assert.deepEqual(values(await at('deploy/')), ['deploy/redis']);
    assert.deepEqual(values(await at('deployment/r')), ['deployment/redis']);
    assert.deepEqual(values(await at('deployment/x')), []);
    assert.deepEqual(values(await at('nonsense/')), []);
  });

  test('offers nothing, and says nothing, where the cluster does not answer within a second', async (t) => {
    const { home, env } = await inPath(t);
    const silent = join(home, 'silent');
    await mkdir(silent);
    await writeFile(join(silent, 'kubectl'), '#!/bin/sh\necho namespace/never\nexec sleep 60\n', {
      mode: 0o755,
    });
    const path = `${silent}:${env['PATH'] ?? ''}`;
    const start = performance.now();
    const said = await new Promise((done) => {
      const words = ['run', '--namespace', ''];
      execFile('kubectl_complete-netdebug', words, { env: { ...env, PATH: path } }, (error, stdout, stderr) =>
        done({ failed: error !== null, stdout, stderr }),
      );
    });
    assert.deepEqual(said, { failed: false, stdout: ':4\n', stderr: '' });
    const elapsed = performance.now() - start;
    assert.ok(elapsed > 900 && elapsed < 20_000, `${elapsed} ms`);
  });
});

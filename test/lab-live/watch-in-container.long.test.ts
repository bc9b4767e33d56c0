// `netdebug watch` with just the rights that its page lists, and with fewer: what it says that it cannot see, and what it tells all the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  containerSkip,
  isCapability,
  listedPod,
  listedRights,
  watchInContainer,
  type Container,
  type Watched,
} from './watch-in-container.ts';

const rights = listedRights();
const isLogOpen = readFileSync('/proc/sys/kernel/dmesg_restrict', 'utf8').trim() === '0';
const capabilities = rights.filter(isCapability).map(({ name }) => name);
const all: Container = { pids: 'host', given: ['tracing', 'kmsg', 'cgroup'], user: '0', capabilities };
const without = (...names: readonly string[]) => capabilities.filter((name) => !names.includes(name));

/** On a machine that is no node of a cluster nobody knows what pods are called, whatever the rights. */
const missingIn = ({ summary }: Watched) =>
  summary.missing
    .filter(({ witness }) => witness !== 'names')
    .map(({ witness, reason }) => `${witness}: ${reason}`);

const port = 8_080;
function assertTold({ losses, stderr }: Watched): void {
  const [loss, ...others] = losses.filter(({ ends }) => ends.server.port === port);
  assert.ok(loss !== undefined, `nothing was told; ${stderr}`);
  assert.ok(
    others.every(({ id }) => id === loss.id),
    JSON.stringify(others),
  );
  assert.equal(loss.ends.server.address, '10.213.7.10');
  assert.equal(loss.ended, 'reset');
}

/** What is taken away for each line of the table; with `/sys/kernel/tracing` the right to mount another one goes, too. */
const poorer: Readonly<Record<string, Partial<Container>>> = {
  'hostPID: true': { pids: 'own' },
  'runAsUser: 0': { user: '1234', capabilities: [] },
  '/sys/kernel/tracing': { given: ['kmsg', 'cgroup'], capabilities: without('SYS_ADMIN') },
  '/dev/kmsg': { given: ['tracing', 'cgroup'] },
  '/sys/fs/cgroup': { given: ['tracing', 'kmsg'] },
  ...Object.fromEntries(capabilities.map((name) => [name, { capabilities: without(name) }])),
};

describe('netdebug watch in a container', { skip: await containerSkip() }, () => {
  it('sees everything with the rights that its page lists', async (t) => {
    const watched = await watchInContainer(t, all, true);
    assert.equal(watched.exitCode, 0, watched.stderr);
    assert.deepEqual(missingIn(watched), []);
    assertTold(watched);
  });

  it('the pod on that page has what its table lists', () => {
    const { hostNetwork, hostPID, containers } = listedPod();
    assert.deepEqual([hostNetwork, hostPID], [true, true]);
    const [{ securityContext, volumeMounts } = assert.fail('it has no container')] = containers;
    assert.equal(securityContext.runAsUser, 0);
    assert.deepEqual(securityContext.capabilities.drop, ['ALL']);
    assert.deepEqual([...securityContext.capabilities.add].sort(), [...capabilities].sort());
    const paths = volumeMounts.map(({ mountPath }) => mountPath);
    for (const path of ['/sys/kernel/tracing', '/sys/fs/cgroup']) assert.ok(paths.includes(path), path);
  });

  it('the page lists no other rights than are taken away here', () => {
    const names = rights.map(({ name }) => name).filter((name) => name !== 'hostNetwork: true');
    assert.deepEqual(names.sort(), Object.keys(poorer).sort());
    assert.ok(capabilities.length >= 6, 'the table was read');
  });

  for (const { name, says } of rights) {
    const change = poorer[name];
    if (change === undefined) continue;
    const needless = name === 'SYSLOG' && isLogOpen && 'the kernel lets everybody read its log here';
    it(`without ${name} it starts, and says so as the page has it`, { skip: needless }, async (t) => {
      const tells = change.user === undefined;
      const watched = await watchInContainer(t, { ...all, ...change }, tells);
      assert.equal(watched.exitCode, 0, watched.stderr);
      const missing = missingIn(watched);
      assert.ok(
        missing.some((one) => one.includes(says)),
        `"${says}" in: ${missing.join('\n')}`,
      );
      assert.ok(spoken(watched).includes(says.replace(/\s+/g, ' ')), watched.stderr);
      if (tells) assertTold(watched);
    });
  }

  it('without the rights to look into pods and processes it tells a loss all the same', async (t) => {
    const watched = await watchInContainer(
      t,
      { ...all, capabilities: without('SYS_ADMIN', 'SYS_PTRACE') },
      true,
    );
    assert.match(
      missingIn(watched).join('\n'),
      /to enter their network takes CAP_SYS_ADMIN and CAP_SYS_PTRACE/,
    );
    assertTold(watched);
  });

  it('with tracefs mounted read-only says that it takes a writable one', async (t) => {
    const watched = await watchInContainer(
      t,
      { ...all, given: ['tracing-read-only', 'kmsg', 'cgroup'] },
      true,
    );
    assert.deepEqual(missingIn(watched), [
      'kernel-events: tracefs is mounted read-only: it takes a writable one',
    ]);
    assertTold(watched);
  });

  it('without tracefs mounts one that only itself sees, where it may', async (t) => {
    const watched = await watchInContainer(t, { ...all, given: ['kmsg', 'cgroup'] }, true);
    assert.deepEqual(missingIn(watched), []);
    assertTold(watched);
  });
});

/** The lines that it began with, as one. */
const spoken = ({ stderr }: Watched): string => stderr.replace(/\s+/g, ' ');

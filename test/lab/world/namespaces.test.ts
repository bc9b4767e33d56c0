// A refusal of namespaces is explained by the kernel's own switch, really turned off in a user namespace of the test's.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { explainRefusal, whyNoNamespaces } from '../../../src/lab/world/namespaces.ts';
import { run } from '../../../src/system/process.ts';

const noSwitches = {
  'user.max_user_namespaces': null,
  'kernel.unprivileged_userns_clone': null,
  'kernel.apparmor_restrict_unprivileged_userns': null,
};
const notPermitted = 'unshare: unshare failed: Operation not permitted\n';

test('the private world of the lab can be made here', async () => {
  assert.equal(await whyNoNamespaces(process.getuid?.() === 0), null);
});

test('where the kernel allows no more user namespaces, the switch is named', async (t) => {
  const inUserNamespace = ['unshare', '--user', '--map-current-user', '--keep-caps'];
  if ((await run([...inUserNamespace, 'true'])).exitCode !== 0) {
    t.skip('needs user namespaces');
    return;
  }
  const module = join(import.meta.dirname, '../../../src/lab/world/namespaces.ts');
  const ask = `import(${JSON.stringify(module)}).then(async (m) => console.log(await m.whyNoNamespaces(false)))`;
  const none = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"';
  const { stdout, stderr } = await run([
    ...inUserNamespace,
    ...['sh', '-c', none, 'sh', process.execPath, '-e', ask],
  ]);
  assert.equal(
    stdout.trim(),
    'ordinary users may not make namespaces here (user.max_user_namespaces is 0); ' +
      'run the lab as root: sudo bin/netdebug lab run',
    stderr,
  );
});

describe('a refusal', () => {
  test("to an ordinary user on Ubuntu names AppArmor's switch and the way with sudo", () => {
    const switches = {
      ...noSwitches,
      'user.max_user_namespaces': '15000',
      'kernel.apparmor_restrict_unprivileged_userns': '1',
    };
    assert.equal(
      explainRefusal('unshare: write failed /proc/self/uid_map: Operation not permitted\n', false, switches),
      'ordinary users may not make namespaces here (kernel.apparmor_restrict_unprivileged_userns is 1); ' +
        'run the lab as root: sudo bin/netdebug lab run',
    );
  });

  test("on an older Debian names Debian's switch", () => {
    const switches = { ...noSwitches, 'kernel.unprivileged_userns_clone': '0' };
    assert.match(explainRefusal(notPermitted, false, switches), /\(kernel\.unprivileged_userns_clone is 0\)/);
  });

  test('without a switch that says no keeps what unshare said', () => {
    assert.match(
      explainRefusal(notPermitted, false, { ...noSwitches, 'user.max_user_namespaces': '96365' }),
      /\(unshare: unshare failed: Operation not permitted; in a container, its seccomp profile may be why\)/,
    );
  });

  test('to root points at the container, whatever the switches for ordinary users are', () => {
    const switches = { ...noSwitches, 'kernel.unprivileged_userns_clone': '0' };
    assert.match(explainRefusal(notPermitted, true, switches), /^root may not .* --privileged$/);
  });

  test('by an unshare without the options asks for a newer one', () => {
    const printed =
      "unshare: unrecognized option '--keep-caps'\nTry 'unshare --help' for more information.\n";
    assert.match(explainRefusal(printed, false, noSwitches), /too old .* install util-linux 2\.36 or newer$/);
  });
});

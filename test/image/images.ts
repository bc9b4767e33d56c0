// Both targets of the Dockerfile build without a container registry, and the server answers a client from inside its image. Run by
// hand, for it takes minutes: npm run test:image. Needs root, buildah and mmdebstrap; the last output is in docs/cluster.md.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { buildahIn, imageConfig } from '../../scripts/release/buildah.ts';
import { buildTarget, type Target } from '../../scripts/release/images.ts';
import { probeEventSchema } from '../../src/model/probe-event.ts';
import { rootSkip } from '../programs-skip.ts';
import { makeLocalBase } from './local-base.ts';

const root = dirname(dirname(import.meta.dirname));
const skip = rootSkip(['buildah', 'mmdebstrap']);

const work = skip === false ? mkdtempSync(join(tmpdir(), 'netdebug-image-')) : '';
after(() => {
  if (work !== '') rmSync(work, { recursive: true, force: true });
});
const buildah = buildahIn(work);
const base = skip === false ? makeLocalBase(buildah, root, work) : '';

const build = (target: Target) => buildTarget(buildah, target, { root, base, epoch: 1_700_000_000 });

/** The words that run `argv` in the image's files, as `user`, with a read-only root file system. */
function inside(image: string, user: string, argv: readonly string[]): string[] {
  const folder = buildah('mount', buildah('from', '--pull-never', image).trim()).trim();
  const script = [
    'mount --bind "$0" "$0"',
    'mount --bind /dev "$0/dev"',
    'mount -t proc proc "$0/proc"',
    'mount -o remount,ro,bind "$0"',
    'exec chroot --userspec="$1" "$0" "$@"'.replace('"$@"', '"${@:2}"'),
  ].join(' && ');
  return ['unshare', '--mount', 'bash', '-c', script, folder, user, ...argv];
}

test(
  'the server answers a client from inside its image, as user 65532 on a read-only root',
  { skip },
  async () => {
    const image = build('netdebug');
    const config = imageConfig(buildah, image);
    assert.deepEqual(config.Entrypoint, ['netdebug']);
    assert.deepEqual(config.Cmd, ['server']);
    assert.equal(config.User, '65532:65532');
    // What it has compiled, and its user may read: the coordinator alone has a dozen pieces.
    const count = 'find /opt/netdebug/.compiled -type f -readable -size +0 | wc -l';
    const [shell = '', ...script] = inside(image, config.User, ['sh', '-c', count]);
    assert.ok(Number(execFileSync(shell, script, { encoding: 'utf8' })) > 15);

    const port = await freePort();
    const [file = '', ...args] = inside(image, config.User, [
      ...config.Entrypoint,
      ...config.Cmd,
      '--port',
      String(port),
    ]);
    const server = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      const main = join(root, 'src/cli/start.mjs');
      const client = ['client', '--host', '127.0.0.1', '--port', String(port), '--period', '200ms'];
      const { stdout } = await promisify(execFile)(process.execPath, [
        main,
        ...client,
        '--events',
        '-',
        '--duration',
        '5s',
      ]);
      const events = stdout
        .trim()
        .split('\n')
        .map((line) => probeEventSchema.parse(JSON.parse(line)));
      assert.ok(events.filter((event) => event.event === 'answered').length >= 3, stdout);
    } finally {
      server.kill();
    }
  },
);

test('the observer image holds the program and the tools that it starts', { skip }, () => {
  const image = build('observer');
  const tools = [
    ['ip', '-V'],
    ['iptables', '-V'],
    ['nft', '-v'],
    ['conntrack', '-V'],
    ['tcpdump', '--version'],
    ['tar', '--version'],
  ];
  for (const argv of [...tools, ['netdebug', '--help']]) {
    const [file = '', ...args] = inside(image, '0:0', argv);
    assert.notEqual(
      execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
      '',
      argv.join(' '),
    );
  }
});

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

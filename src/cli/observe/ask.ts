// `netdebug observe --ask`: between an observer's socket and our own streams, by which `kubectl exec` reaches it.
import { connect } from 'node:net';
import { messageOf, Problem } from '../../model/problem.ts';

/** Observers listen soon after they start. */
const [connectMs, againMs] = [15_000, 200];

/** Resolves when either side ends. Throws a `missing` Problem where nobody listens. */
export async function ask(path: string): Promise<void> {
  const socket = await connected(path);
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.on('error', () => undefined);
    // Who asks no more is gone: what its stream still holds is of no use to anybody.
    process.stdin.on('end', () => socket.destroy()).pipe(socket);
    process.stdout.on('error', () => socket.destroy());
    socket.pipe(process.stdout, { end: false });
  });
  process.stdin.destroy();
}

async function connected(path: string) {
  const deadline = performance.now() + connectMs;
  for (;;) {
    const socket = connect(path);
    const error = await new Promise<Error | null>((resolve) => {
      socket.once('connect', () => resolve(null));
      socket.once('error', resolve);
    });
    if (error === null) return socket;
    if (performance.now() > deadline)
      throw new Problem('missing', `No observer listens at ${path}: ${messageOf(error)}.`);
    await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}

// Where running watches can be asked: a unix socket for each, in a folder that its user alone may enter.
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import { connect } from 'node:net';

const socketName = /^watch-([0-9]+)(?:-[0-9]+)?\.sock$/;
/** Bound and not yet listened to: refused as if nobody were there, and so left alone for a while. */
const unfinishedName = /^watch-[0-9]+(?:-[0-9]+)?\.sock\.new$/;
const unfinishedMs = 60_000;
const connectMs = 2_000;

export const socketPath = (folder: string, pid: number, attempt: number): string =>
  `${folder}/watch-${pid}${attempt === 0 ? '' : `-${attempt}`}.sock`;

/** Sorted by name; none where there is no such folder. Rejects with the system's error where it may not be read. */
export async function socketsIn(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => socketName.test(name)).map((name) => `${folder}/${name}`);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Makes the folder for our sockets; throws where it is not ours alone. */
export async function makeSocketFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    const { uid, mode } = await handle.stat();
    if (uid !== process.getuid?.()) throw new Error(`${folder} belongs to somebody else`);
    if ((mode & 0o077) !== 0) await handle.chmod(0o700);
  } finally {
    await handle.close();
  }
}

/** Removes the sockets of watches that were killed: a living one takes a connection, and is never touched. */
export async function removeDeadSockets(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = `${folder}/${name}`;
    const finished = socketName.test(name);
    if (!finished && !(unfinishedName.test(name) && (await isOld(path)))) continue;
    if (await isRefused(path)) await rm(path, { force: true });
  }
}

async function isOld(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > unfinishedMs;
}

function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const done = (refused: boolean) => {
      socket.destroy();
      resolve(refused);
    };
    socket.setTimeout(connectMs, () => done(false));
    socket.once('connect', () => done(false));
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED'));
  });
}

/** The folder goes with the last of them. */
export async function removeSocket(path: string, folder: string): Promise<void> {
  await rm(path, { force: true });
  await rmdir(folder).catch(() => undefined);
}

// `netdebug watch` in a container, with just the rights that are given to it, on a node with one pod whose server resets a connection.
import assert from 'node:assert/strict';
import { readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import {
  watchLossSchema,
  watchSummarySchema,
  type WatchLoss,
  type WatchSummary,
} from '../../src/model/watch-record.ts';
import { run } from '../../src/system/process.ts';
import { labSkip, tracefsSkip } from './netdebug.ts';

export interface Container {
  /** `host` as with hostPID. */
  readonly pids: 'host' | 'own';
  /** What of the node it is given: tracefs, the device of the kernel's log, the cgroups. */
  readonly given: readonly ('tracing' | 'tracing-read-only' | 'kmsg' | 'cgroup')[];
  /** Its uid. */
  readonly user: string;
  /** Without CAP_. */
  readonly capabilities: readonly string[];
}

export interface Watched {
  readonly exitCode: number | null;
  readonly losses: readonly WatchLoss[];
  readonly summary: WatchSummary;
  readonly stderr: string;
}

/** A row of the table of rights in docs/watch.md. */
export interface Right {
  /** Of the pod's specification, a folder of the node, or a capability. */
  readonly name: string;
  /** What is said without it. */
  readonly says: string;
}

const inside = resolve(import.meta.dirname, 'watch-in-container-inside.ts');
const page = resolve(import.meta.dirname, '../../docs/watch.md');
const node = ['unshare', '--net', '--mount', '--ipc', '--propagation', 'private'];

/** In another pid namespace than the machine's nothing stands for hostPID. */
export async function containerSkip(): Promise<string | false> {
  if (process.getuid?.() !== 0) return 'needs root';
  const isFirst = readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]';
  if (!isFirst) return 'needs the pid namespace of the machine';
  return (await labSkip()) || (await tracefsSkip());
}

export function listedRights(): readonly Right[] {
  const [, section = ''] = readFileSync(page, 'utf8').split(/^## (?:In a container|With less)$/m);
  const rows = section.matchAll(/^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|$/gm);
  return [...rows].map(([, name = '', says = '']) => ({ name, says: says.trim() }));
}

interface PodSpec {
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly containers: readonly {
    readonly securityContext: {
      readonly runAsUser: number;
      readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] };
    };
    readonly volumeMounts: readonly { readonly mountPath: string }[];
  }[];
}

/** The specification of the pod that docs/watch.md shows. */
export function listedPod(): PodSpec {
  const [, text = ''] = /^```yaml\n(.*?)^```$/ms.exec(readFileSync(page, 'utf8')) ?? [];
  return (parse(text) as { readonly spec: PodSpec }).spec;
}

export const isCapability = ({ name }: Right): boolean => /^[A-Z][A-Z_]+$/.test(name);

/** Watches while one connection is reset; ended by Ctrl-C once the loss is told, or, where none is to be, a while later. */
export async function watchInContainer(
  t: TestContext,
  container: Container,
  waitForLoss: boolean,
): Promise<Watched> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  // For whoever the container's user is.
  await chmod(folder, 0o777);
  const watch = ['watch', '--node', 'here', '-o', 'json'];
  const words = [process.execPath, inside, folder, JSON.stringify({ ...container, waitForLoss }), ...watch];
  const { exitCode, stdout, stderr } = await run([...node, ...words], { timeoutMs: 120_000 });
  assert.equal(exitCode, 0, stderr);
  const said = JSON.parse(stdout) as { exitCode: number | null; stdout: string; stderr: string };
  const lines = said.stdout.split('\n').filter((line) => line !== '');
  const last = lines.pop() ?? '';
  return {
    exitCode: said.exitCode,
    losses: lines.map((line) => watchLossSchema.parse(JSON.parse(line))),
    summary: watchSummarySchema.parse(JSON.parse(last)),
    stderr: said.stderr,
  };
}

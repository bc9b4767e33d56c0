// `netdebug observe` with exactly the rights and witnesses that the manifest gives its pod, in a private world that stands for a node.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import type { NodeEvent, SourceEvent } from '../../src/model/node-event.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { run } from '../../src/system/process.ts';
import { labSkip, newFolder } from './netdebug.ts';
import { readEvents } from './observed-world.ts';

const inside = resolve(import.meta.dirname, 'observer-pod-inside.ts');
const manifest = resolve(import.meta.dirname, '../../manifests/overlays/observe/observer.yaml');
// A pod's root is the machine's, which an ordinary user's private world is not.
export const skip = (await labSkip()) || (process.getuid?.() !== 0 && 'needs root');

interface PodSpec {
  readonly hostPID?: boolean;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly securityContext: { readonly capabilities: { readonly drop: string[]; readonly add: string[] } };
  }[];
}

export async function podSpec(): Promise<PodSpec> {
  const object = parse(await readFile(manifest, 'utf8')) as {
    spec: { template: { spec: PodSpec } };
  };
  return object.spec.template.spec;
}

/** `witnesses`: with commas; undefined for those that the manifest names. */
export async function observeAsPod(
  t: TestContext,
  capabilities: readonly string[],
  pidNamespace: 'host' | 'own',
  witnesses?: string,
): Promise<readonly NodeEvent[]> {
  const folder = await newFolder(t);
  const { args } = (await podSpec()).containers[0]!;
  const only = witnesses ?? args[args.indexOf('--only') + 1]!;
  const words = [process.execPath, inside, folder, capabilities.join(','), pidNamespace, only];
  const { exitCode, stdout, stderr } = await run([...sandboxArgv(true), ...words], { timeoutMs: 120_000 });
  assert.equal(exitCode, 0, stderr);
  assert.equal((JSON.parse(stdout) as { exitCode: number }).exitCode, 0, stdout);
  return await readEvents(folder);
}

const isSource = (event: NodeEvent): event is SourceEvent => event.event === 'source';
/** What the sources said of themselves in that state. */
export const said = (events: readonly NodeEvent[], state: SourceEvent['state']) =>
  events.filter(isSource).filter((event) => event.state === state);

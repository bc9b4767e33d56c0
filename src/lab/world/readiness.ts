// Whether this machine can run the lab, row by row for `doctor`, and in one step for whatever is about to start it.
import { release } from 'node:os';
import { Problem } from '../../model/problem.ts';
import { whyNoNamespaces } from './namespaces.ts';
import { tryNetfilter } from './netfilter.ts';
import { toolVersion } from '../../system/tool-version.ts';
import {
  findPackageManager,
  installCommand,
  missingTools,
  toolNames,
  type ToolName,
} from '../../system/find-tool.ts';

/** One thing that the lab needs. `warning`: the lab may still run. */
interface Readiness {
  readonly what: string;
  readonly state: 'ok' | 'warning' | 'missing';
  readonly sentence: string;
}

export interface LabReadiness {
  /** False when a row is `missing`. */
  readonly ready: boolean;
  readonly rows: readonly Readiness[];
  /** The one command that installs what is missing; null when nothing can be installed. */
  readonly install: string | null;
}

const notLinux = "The lab runs on Linux only: it is made of the Linux kernel's namespaces and netfilter.";

/** Looks at everything that the lab needs, and tries it in namespaces that are gone afterwards. Starts about twenty programs. */
export async function labReadiness(): Promise<LabReadiness> {
  if (process.platform !== 'linux') {
    return { ready: false, rows: [{ what: 'Linux', state: 'missing', sentence: notLinux }], install: null };
  }
  const tools = await toolRows();
  const toInstall = toolNames.filter((name) =>
    tools.some((row) => row.what === name && row.state === 'missing'),
  );
  const rows = [
    { what: 'Linux', state: 'ok', sentence: `Kernel ${release()}.` } as const,
    // An older one than it takes has been refused before this is read.
    { what: 'Node.js', state: 'ok', sentence: `Version ${process.versions.node}.` } as const,
    ...tools,
    ...(await kernelRows(toInstall)),
  ];
  return {
    ready: rows.every((row) => row.state !== 'missing'),
    rows,
    install: toInstall.length > 0 ? installLine(toInstall) : null,
  };
}

/** The same as quickly as it goes: throws a `missing` Problem unless the tools are there and namespaces can be made. */
export async function requireLab(): Promise<void> {
  if (process.platform !== 'linux') throw new Problem('missing', notLinux);
  const missing = missingTools();
  if (missing.length > 0) {
    const install = installLine(missing);
    const how = install === null ? 'install the packages that bring them.' : `type: ${install}`;
    throw new Problem('missing', `The lab needs ${missing.join(', ')}; ${how}`);
  }
  const refused = await whyNoNamespaces(isRoot());
  if (refused !== null) throw new Problem('missing', `The lab cannot start: ${refused}`);
}

function toolRows(): Promise<readonly Readiness[]> {
  const missing = missingTools();
  return Promise.all(
    toolNames.map(async (name): Promise<Readiness> => {
      if (missing.includes(name)) return { what: name, state: 'missing', sentence: 'Not installed.' };
      return installedToolRow(name);
    }),
  );
}

async function installedToolRow(name: ToolName): Promise<Readiness> {
  const found = await toolVersion(name);
  switch (found.kind) {
    case 'version':
      return { what: name, state: 'ok', sentence: `Version ${found.version}.` };
    case 'busybox':
      return {
        what: name,
        state: 'missing',
        sentence: "Only BusyBox's is here, and it lacks what the lab uses.",
      };
    case 'unknown':
      return {
        what: name,
        state: 'warning',
        sentence: `Does not say its version: ${found.said || 'nothing printed'}.`,
      };
  }
}

/** Namespaces, then netfilter in them; what cannot be tried yet says what it waits for. */
async function kernelRows(missing: readonly ToolName[]): Promise<readonly Readiness[]> {
  const untried = (what: string, why: string): Readiness => ({
    what,
    state: 'warning',
    sentence: `Not tried: ${why}.`,
  });
  const lacking = (names: readonly ToolName[]) =>
    names.filter((name) => missing.includes(name)).join(' and ');

  const forNamespaces = lacking(['unshare', 'mount']);
  if (forNamespaces !== '') {
    return ['namespaces', 'netfilter'].map((what) => untried(what, `${forNamespaces} is missing`));
  }
  const refused = await whyNoNamespaces(isRoot());
  if (refused !== null) {
    const row: Readiness = { what: 'namespaces', state: 'missing', sentence: `Refused: ${refused}` };
    return [row, untried('netfilter', 'it needs namespaces')];
  }
  const sentence = isRoot() ? 'Allowed: this is root.' : 'Allowed for this user, without root.';
  const namespaces: Readiness = { what: 'namespaces', state: 'ok', sentence };

  const forNetfilter = lacking(['iptables', 'conntrack']);
  if (forNetfilter !== '') return [namespaces, untried('netfilter', `${forNetfilter} is missing`)];
  const tries = await tryNetfilter(isRoot());
  return [
    namespaces,
    ...tries.map(({ name, failure }): Readiness => {
      if (failure === null) return { what: name, state: 'ok', sentence: 'Works in a fresh namespace.' };
      return { what: name, state: 'missing', sentence: `Does not work: ${failure}` };
    }),
  ];
}

function installLine(missing: readonly ToolName[]): string | null {
  const manager = findPackageManager();
  return manager === undefined ? null : installCommand(missing, manager, { root: isRoot() });
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

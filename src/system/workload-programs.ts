// Programs of other people that the lab can run in place of its own probes: where they are, and what installs them without starting them.
import { readdirSync } from 'node:fs';
import { findTool, searchFolders, type PackageManager } from './find-tool.ts';

// Which package brings each.
const packageOf = {
  bash: { 'apt-get': 'bash', dnf: 'bash', apk: 'bash', pacman: 'bash' },
  socat: { 'apt-get': 'socat', dnf: 'socat', apk: 'socat', pacman: 'socat' },
  'redis-server': { 'apt-get': 'redis-server', dnf: 'redis', apk: 'redis', pacman: 'redis' },
  'redis-cli': { 'apt-get': 'redis-tools', dnf: 'redis', apk: 'redis', pacman: 'redis' },
  postgres: { 'apt-get': 'postgresql', dnf: 'postgresql-server', apk: 'postgresql', pacman: 'postgresql' },
  initdb: { 'apt-get': 'postgresql', dnf: 'postgresql-server', apk: 'postgresql', pacman: 'postgresql' },
  psql: {
    'apt-get': 'postgresql-client',
    dnf: 'postgresql',
    apk: 'postgresql-client',
    pacman: 'postgresql-libs',
  },
  nginx: { 'apt-get': 'nginx', dnf: 'nginx', apk: 'nginx', pacman: 'nginx' },
  curl: { 'apt-get': 'curl', dnf: 'curl', apk: 'curl', pacman: 'curl' },
} as const satisfies Record<string, Record<PackageManager, string>>;

export type WorkloadProgram = keyof typeof packageOf;

export const workloadPrograms = Object.keys(packageOf) as readonly WorkloadProgram[];

/** PATH, and where Debian keeps the servers of each version of PostgreSQL, the newest first. */
function folders(): readonly string[] {
  const root = '/usr/lib/postgresql';
  try {
    const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
    return [...searchFolders(), ...versions.map((version) => `${root}/${version}/bin`)];
  } catch {
    return searchFolders();
  }
}

/** The absolute path of a program, or its bare name where it is not installed. */
export const programPath = (name: WorkloadProgram): string => findTool(name, folders()) ?? name;

/** Those of `wanted` that this machine lacks. Starts nothing. */
export function missingPrograms(wanted: readonly WorkloadProgram[]): WorkloadProgram[] {
  const places = folders();
  return wanted.filter((name) => findTool(name, places) === undefined);
}

/** The packages that bring these programs, each once, sorted. */
export function packagesOf(missing: readonly WorkloadProgram[], manager: PackageManager): string[] {
  return [...new Set(missing.map((name) => packageOf[name][manager]))].sort();
}

/**
 * A shell script for root that installs packages with apt-get and lets none of their services start: Debian starts a service as
 * it installs it, unless a policy forbids that. A policy that is there already is left to its owner.
 */
export function aptWithoutServices(packages: readonly string[], options = '-y'): string {
  return [
    'p=/usr/sbin/policy-rc.d',
    '[ -e $p ] || { printf "#!/bin/sh\\nexit 101\\n" >$p; chmod 755 $p; trap "rm -f $p" EXIT; }',
    `{ apt-get update && apt-get install ${options} --no-install-recommends ${packages.join(' ')}; }`,
  ].join('; ');
}

/** The line to type that installs these programs; with sudo unless the user is root already. */
export function installProgramsCommand(
  missing: readonly WorkloadProgram[],
  manager: PackageManager,
  user: { readonly root: boolean },
): string {
  const prefix = user.root ? '' : 'sudo ';
  const packages = packagesOf(missing, manager);
  switch (manager) {
    case 'apt-get':
      return `${prefix}sh -c '${aptWithoutServices(packages)}'`;
    // The others start no service on their own.
    case 'dnf':
      return `${prefix}dnf install -y ${packages.join(' ')}`;
    case 'apk':
      return `${prefix}apk add ${packages.join(' ')}`;
    case 'pacman':
      return `${prefix}pacman -S --needed --noconfirm ${packages.join(' ')}`;
  }
}

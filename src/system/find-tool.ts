// The outside programs that the lab needs, where they are on this machine, and the one command that installs the missing ones.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

const packageManagers = ['apt-get', 'dnf', 'apk', 'pacman'] as const;
export type PackageManager = (typeof packageManagers)[number];

// Which package brings each tool. Alpine's util-linux depends on the packages it was split into, and BusyBox's look-alikes lack
// the options that the lab uses; Fedora's iptables is the nf_tables one by another name.
const packageOf = {
  ip: { 'apt-get': 'iproute2', dnf: 'iproute', apk: 'iproute2', pacman: 'iproute2' },
  iptables: { 'apt-get': 'iptables', dnf: 'iptables-nft', apk: 'iptables', pacman: 'iptables' },
  'iptables-restore': { 'apt-get': 'iptables', dnf: 'iptables-nft', apk: 'iptables', pacman: 'iptables' },
  nft: { 'apt-get': 'nftables', dnf: 'nftables', apk: 'nftables', pacman: 'nftables' },
  conntrack: {
    'apt-get': 'conntrack',
    dnf: 'conntrack-tools',
    apk: 'conntrack-tools',
    pacman: 'conntrack-tools',
  },
  tcpdump: { 'apt-get': 'tcpdump', dnf: 'tcpdump', apk: 'tcpdump', pacman: 'tcpdump' },
  sysctl: { 'apt-get': 'procps', dnf: 'procps-ng', apk: 'procps-ng', pacman: 'procps-ng' },
  unshare: { 'apt-get': 'util-linux', dnf: 'util-linux', apk: 'util-linux', pacman: 'util-linux' },
  setpriv: { 'apt-get': 'util-linux', dnf: 'util-linux', apk: 'util-linux', pacman: 'util-linux' },
  mount: { 'apt-get': 'mount', dnf: 'util-linux', apk: 'util-linux', pacman: 'util-linux' },
} as const satisfies Record<string, Record<PackageManager, string>>;

export type ToolName = keyof typeof packageOf;

/** Every program that the lab starts. */
export const toolNames = Object.keys(packageOf) as readonly ToolName[];

/**
 * The folders that programs are looked for in: PATH, then the sbin folders, which Debian leaves out of an ordinary user's PATH.
 * Relative entries of PATH are left out: a program that we run as root must not depend on where we stand.
 */
export function searchFolders(path: string = process.env['PATH'] ?? ''): readonly string[] {
  const folders = [...path.split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return [...new Set(folders.filter((folder) => isAbsolute(folder)))];
}

/** The absolute path of a program, or undefined when there is none that we may execute. Starts nothing. */
export function findTool(name: string, folders: readonly string[] = searchFolders()): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutableFile);
}

/** The lab's tools that this machine lacks, in the order of `toolNames`. Starts nothing. */
export function missingTools(folders: readonly string[] = searchFolders()): readonly ToolName[] {
  return toolNames.filter((name) => findTool(name, folders) === undefined);
}

/** The first package manager we know that this machine has. */
export function findPackageManager(folders: readonly string[] = searchFolders()): PackageManager | undefined {
  return packageManagers.find((name) => findTool(name, folders) !== undefined);
}

/** The packages that bring these tools, each once, sorted. */
export function packagesFor(missing: readonly ToolName[], manager: PackageManager): readonly string[] {
  return [...new Set(missing.map((name) => packageOf[name][manager]))].sort();
}

/** The line to type that installs these tools; with sudo unless the user is root already. */
export function installCommand(
  missing: readonly ToolName[],
  manager: PackageManager,
  user: { readonly root: boolean },
): string {
  const prefix = user.root ? '' : 'sudo ';
  const packages = packagesFor(missing, manager).join(' ');
  switch (manager) {
    case 'apt-get':
      // A fresh container has no package lists, so the install alone would find nothing.
      return `${prefix}apt-get update && ${prefix}apt-get install -y --no-install-recommends ${packages}`;
    case 'dnf':
      return `${prefix}dnf install -y ${packages}`;
    case 'apk':
      return `${prefix}apk add ${packages}`;
    case 'pacman':
      return `${prefix}pacman -S --needed --noconfirm ${packages}`;
  }
}

function isExecutableFile(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

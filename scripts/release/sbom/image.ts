// The parts of an image that are not the program's: its system, Debian's packages, Node.js, and what npm has installed there.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enums } from '@cyclonedx/cyclonedx-library';
import { nodePart } from './bundled.ts';
import type { Part } from './document.ts';

/** @param folder Where its files are mounted; as root, since its Node.js is asked for what it is made of. */
export function imageParts(folder: string): Part[] {
  const release = readFileSync(join(folder, 'etc/os-release'), 'utf8');
  const fieldOf = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(release)?.[1] ?? '';
  const [system, version] = [fieldOf('ID'), fieldOf('VERSION_ID')];
  const ask = ['-p', 'JSON.stringify(process.versions)'];
  const versions = execFileSync('chroot', [folder, 'node', ...ask], { encoding: 'utf8' });
  return [
    { type: Enums.ComponentType.OperatingSystem, name: system, version, purl: null },
    ...debianParts(folder, system, `${system}-${version}`),
    nodePart(JSON.parse(versions) as NodeJS.ProcessVersions),
    ...installedByNpm(folder),
  ];
}

function debianParts(folder: string, namespace: string, distro: string): Part[] {
  const format = '${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${db:Status-Status}\\n';
  const words = ['--admindir', join(folder, 'var/lib/dpkg'), '--show', '--showformat', format];
  const listed = execFileSync('dpkg-query', words, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return listed
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [name = '', version = '', arch = '', source = '', status] = line.split('\t');
      if (status !== 'installed') return [];
      const upstream: Record<string, string> = source === name ? {} : { upstream: source };
      const purl = { type: 'deb', namespace, qualifiers: { arch, distro, ...upstream } };
      return [{ type: Enums.ComponentType.Library, name, version, purl }];
    });
}

/** npm itself, where the base has it, with all that it brings; each version once, however often it is there. */
function installedByNpm(folder: string): Part[] {
  const found = new Map<string, Part>();
  for (const top of ['usr/local/lib', 'usr/lib', 'opt']) {
    const manifests = globSync('**/node_modules/{*,@*/*}/package.json', { cwd: join(folder, top) });
    for (const manifest of manifests) {
      const file = join(folder, top, manifest);
      // A link may lead to a folder of the image that is another one here.
      if (!existsSync(file)) continue;
      const { name, version, license } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      if (typeof name !== 'string' || typeof version !== 'string') continue;
      found.set(`${name} ${version}`, {
        ...{ type: Enums.ComponentType.Library, name, version, purl: { type: 'npm' } },
        license: typeof license === 'string' ? license : undefined,
      });
    }
  }
  return [...found.values()];
}

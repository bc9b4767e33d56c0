// What a Debian package says of itself: its control file, its copyright, its changelog, and what lintian is told to let pass.
import { packagesFor, toolNames } from '../../../src/system/find-tool.ts';

export interface Debian {
  readonly version: string;
  readonly arch: 'amd64' | 'arm64';
  /** Name <address> of whoever answers for the package. */
  readonly maintainer: string;
  /** Seconds. */
  readonly epoch: number;
}

/** The packages' own revision: the version before it is the program's. */
export const revision = '1';

/** Of every Debian system, so that nobody needs to be told. */
const essential = ['mount', 'util-linux'];

const tools = packagesFor(toolNames, 'apt-get').filter((name) => !essential.includes(name));

/** @param sizeKiB As installed. @param needs The libraries that the file wants to be there, as Debian's packages. */
export const control = (
  { version, arch, maintainer }: Debian,
  sizeKiB: number,
  needs: readonly string[],
): string => `Package: netdebug
Version: ${version}-${revision}
Architecture: ${arch}
Maintainer: ${maintainer}
Installed-Size: ${sizeKiB}
${needs.length === 0 ? '' : `Depends: ${needs.join(', ')}\n`}Recommends: ${tools.join(', ')}
Suggests: kubernetes-client
Section: net
Priority: optional
Description: who ended a lost TCP connection, and why
 netdebug says who ended a lost TCP connection between Kubernetes pods, why,
 what cures it, and how sure it is of each: live on a node, or from a capture.
 It also reproduces such losses in private network namespaces, and runs an
 experiment on a cluster through kubectl, whose plugin it is, too.
 .
 The recommended packages are what it watches a node with, and what its
 laboratory is built of; diagnosing captures and evidence takes none of them.
`;

export const copyright = (
  year: number,
): string => `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: netdebug
Comment: The program is one file, in which Node.js and libraries are; their
 licences are in notices.gz, beside this file.

Files: *
Copyright: ${year} The netdebug authors
License: Apache-2.0
 On Debian systems, the text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
`;

export const changelog = ({ version, maintainer, epoch }: Debian): string => {
  const date = new Date(epoch * 1_000).toUTCString().replace('GMT', '+0000');
  return `netdebug (${version}-${revision}) unstable; urgency=medium

  * Release ${version}; what is new in it: changelog.gz, beside this file.

 -- ${maintainer}  ${date}
`;
};

/** The program is not built by Debian's rules: a Node.js as its makers built it, with our code behind it. */
export const lintianOverrides = `# Not made for Debian's archive.
netdebug: initial-upload-closes-no-bugs *
# One file, which has its libraries in it.
netdebug: embedded-library *
netdebug: statically-linked-binary *
# Stripped, the code behind it could no longer be found.
netdebug: unstripped-binary-or-object *
# As Node.js is built by its makers.
netdebug: hardening-no-pie *
`;

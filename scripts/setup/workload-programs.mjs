// Redis, PostgreSQL, nginx, curl and socat, for the runs of the lab with programs that are not ours. Without them those tests are
// skipped, so this never stops a set-up; and none of their services is started.
import { findPackageManager } from '../../src/system/find-tool.ts';
import {
  aptWithoutServices,
  installProgramsCommand,
  missingPrograms,
  packagesOf,
  workloadPrograms,
} from '../../src/system/workload-programs.ts';
import { wayToRoot } from './debian-packages.mjs';
import { announce, start } from './run.mjs';

/** Installs them where we may; otherwise says in a line how to get them. */
export async function bringWorkloadPrograms() {
  const missing = missingPrograms(workloadPrograms);
  if (missing.length === 0) return;
  const manager = findPackageManager();
  const becomeRoot = manager === 'apt-get' ? await wayToRoot() : undefined;
  if (becomeRoot !== undefined) {
    const packages = packagesOf(missing, manager);
    announce(`installing the Debian packages ${packages.join(', ')}, and starting none of their services …`);
    const options = '-q -y -o DPkg::Lock::Timeout=120';
    const environment = ['env', 'DEBIAN_FRONTEND=noninteractive'];
    await start([...becomeRoot, ...environment, 'sh', '-c', aptWithoutServices(packages, options)]);
  }
  const left = missingPrograms(workloadPrograms);
  if (left.length === 0) return;
  const how =
    manager === undefined
      ? ''
      : `; type: ${installProgramsCommand(left, manager, { root: process.getuid() === 0 })}`;
  announce(`there is no ${left.join(', no ')}, so the tests with them will be skipped${how}`);
}

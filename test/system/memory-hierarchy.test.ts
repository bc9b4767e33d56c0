import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findHierarchy } from '../../src/system/memory-hierarchy.ts';

const unified = '29 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate';
const first =
  '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n' +
  '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw';
const pod = '/kubepods.slice/kubepods-pod1.slice/cri-containerd-2.scope';

describe("a machine's memory cgroups", () => {
  it('are those of version 1 where its memory controller is mounted, else those of version 2', () => {
    const v2 = findHierarchy(unified);
    assert.equal(v2?.version, 'v2');
    assert.deepEqual(v2.folderOf(`0::${pod}\n`), { path: pod, folder: `/sys/fs/cgroup${pod}` });
    const v1 = findHierarchy(first);
    assert.equal(v1?.version, 'v1');
    assert.deepEqual(v1.folderOf('9:name=systemd:/x\n4:cpu,memory:/a/b\n0::/\n'), {
      path: '/a/b',
      folder: '/sys/fs/cgroup/memory/a/b',
    });
  });

  it('may be mounted from a folder of theirs on, and then others are out of reach', () => {
    const folderOf = (mounts: string, path: string) => {
      const cgroup = findHierarchy(mounts)?.folderOf(`0::${path}\n`);
      return typeof cgroup === 'object' ? cgroup.folder : cgroup;
    };
    const inside = '1 2 0:26 /kubepods.slice /sys/fs/cgroup rw - cgroup2 cgroup2 rw';
    assert.equal(folderOf(inside, '/kubepods.slice/a'), '/sys/fs/cgroup/a');
    assert.equal(folderOf(inside, '/'), undefined);
    for (const path of ['/kubepods.slice', '/system.slice', '/../x'])
      assert.equal(folderOf(inside, path), 'outside', path);
    assert.equal(folderOf(unified, '/../../kubepods.slice/x'), 'outside');
    assert.equal(folderOf(unified, '/'), undefined);
  });

  it('are not there where none are mounted', () => {
    assert.equal(findHierarchy('23 1 0:22 / /sys rw - sysfs sysfs rw'), undefined);
  });
});

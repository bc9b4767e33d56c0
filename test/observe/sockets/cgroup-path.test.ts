import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownerOfCgroup, parseProcessCgroup } from '../../../src/observe/sockets/cgroup-path.ts';

const uid = '2c48913c-b29f-11e7-9350-020968147796';
const low = uid.replaceAll('-', '_');
const id = '7aa84c5e3b1d6f0e9c8b7a695847362514233241506f7e8d9cabb0c1d2e3f405';
const other = 'f'.repeat(64);
const hash = '0123456789abcdef0123456789abcdef';

/** Path → the pod's UID and the container's id. */
const paths: readonly (readonly [
  what: string,
  path: string,
  podUid: string | null,
  containerId: string | null,
])[] = [
  // The systemd driver.
  [
    'containerd',
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${low}.slice/cri-containerd-${id}.scope`,
    uid,
    id,
  ],
  ['containerd, guaranteed', `/kubepods.slice/kubepods-pod${low}.slice/cri-containerd-${id}.scope`, uid, id],
  [
    'containerd, best effort',
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${low}.slice/cri-containerd-${id}.scope`,
    uid,
    id,
  ],
  [
    'a cgroup that the container made',
    `/kubepods.slice/kubepods-pod${low}.slice/cri-containerd-${id}.scope/init.scope`,
    uid,
    id,
  ],
  [
    'CRI-O',
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${low}.slice/crio-${id}.scope`,
    uid,
    id,
  ],
  [
    'CRI-O with crun',
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${low}.slice/crio-${id}.scope/container`,
    uid,
    id,
  ],
  [
    "CRI-O's monitor, which is no container",
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${low}.slice/crio-conmon-${id}.scope`,
    uid,
    null,
  ],
  [
    'docker under a kubelet',
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${low}.slice/docker-${id}.scope`,
    uid,
    id,
  ],
  [
    'a static pod',
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${hash}.slice/cri-containerd-${id}.scope`,
    hash,
    id,
  ],
  // The cgroupfs driver.
  ['cgroupfs', `/kubepods/burstable/pod${uid}/${id}`, uid, id],
  ['cgroupfs, guaranteed', `/kubepods/pod${uid}/${id}`, uid, id],
  ['cgroupfs, CRI-O', `/kubepods/besteffort/pod${uid}/crio-${id}`, uid, id],
  ["cgroupfs, CRI-O's monitor", `/kubepods/besteffort/pod${uid}/crio-conmon-${id}`, uid, null],
  ['cgroupfs, a static pod', `/kubepods/burstable/pod${hash}/${id}`, hash, id],
  // containerd that is told the other driver than the kubelet.
  [
    'both drivers',
    `/system.slice/containerd.service/kubepods-burstable-pod${low}.slice:cri-containerd:${id}`,
    uid,
    id,
  ],
  // A node that is a container itself.
  ['kind', `/docker/${other}/kubelet/kubepods/burstable/pod${uid}/${id}`, uid, id],
  [
    'kind, systemd',
    `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${low}.slice/cri-containerd-${id}.scope`,
    uid,
    id,
  ],
  [
    'kind, systemd in docker',
    `/system.slice/docker-${other}.scope/kubelet.slice/kubelet-kubepods-pod${low}.slice/cri-containerd-${id}.scope`,
    uid,
    id,
  ],
  ["kind's kubelet", `/system.slice/docker-${other}.scope/kubelet.slice/kubelet.service`, null, other],
  // Seen from a cgroup namespace.
  ['from another container', `/../../kubepods-burstable-pod${low}.slice/cri-containerd-${id}.scope`, uid, id],
  ['from a sibling', `/../cri-containerd-${id}.scope`, null, id],
  ['the own one', '/', null, null],
  // Without a kubelet.
  ['docker', `/system.slice/docker-${id}.scope`, null, id],
  ['docker, cgroupfs', `/docker/${id}`, null, id],
  ['docker with systemd inside', `/docker/${id}/system.slice/nginx.service`, null, id],
  ['podman', `/machine.slice/libpod-${id}.scope/container`, null, id],
  [
    'podman, a pod',
    `/machine.slice/machine-libpod_pod_${other}.slice/libpod-${id}.scope/container`,
    null,
    id,
  ],
  ["podman's monitor", `/machine.slice/libpod-conmon-${id}.scope`, null, null],
  [
    'podman of a user',
    `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope`,
    null,
    id,
  ],
  ['podman, cgroupfs', `/libpod_parent/libpod-${id}`, null, id],
  ['nerdctl', `/system.slice/nerdctl-${id}.scope`, null, id],
  ['ctr', `/default/${id}`, null, id],
  ['ECS', `/ecs/0123456789abcdef0123456789abcdef/${id}`, null, id],
  // None.
  ['a service', '/system.slice/nginx.service', null, null],
  ['a session', '/user.slice/user-1000.slice/session-3.scope', null, null],
  ['a name that is like one', `/user.slice/notapod${low}x.slice/${id}0`, null, null],
  ['a pod alone', `/kubepods.slice/kubepods-pod${low}.slice`, uid, null],
];

describe("whose a cgroup's path is", () => {
  for (const [what, path, podUid, containerId] of paths)
    it(what, () => assert.deepEqual(ownerOfCgroup(path), { podUid, containerId }));
});

describe('/proc/PID/cgroup', () => {
  it('of cgroup v2 is its one line', () => {
    const path = `/kubepods/pod${uid}/${id}`;
    assert.deepEqual(parseProcessCgroup(`0::${path}\n`), { path, podUid: uid, containerId: id });
  });

  it('of cgroup v1 is the hierarchy that names the container', () => {
    const path = `/kubepods/burstable/pod${uid}/${id}`;
    const text = `12:pids:/system.slice/x.service\n11:cpu,cpuacct:${path}\n1:name=systemd:/\n0::/\n`;
    assert.deepEqual(parseProcessCgroup(text), { path, podUid: uid, containerId: id });
  });

  it("of both without a container is v2's or systemd's", () => {
    const text = '5:memory:/system.slice\n1:name=systemd:/system.slice/ssh.service\n0::/\n';
    assert.equal(parseProcessCgroup(text).path, '/system.slice/ssh.service');
    assert.equal(parseProcessCgroup('9:devices:/x:y\n0::/a/b:c\n').path, '/a/b:c');
  });

  it('of a kernel without cgroups is nothing', () => {
    assert.deepEqual(parseProcessCgroup(''), { path: null, podUid: null, containerId: null });
  });
});

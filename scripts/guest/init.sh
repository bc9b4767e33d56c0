#!/bin/sh
# The guest's first and only program: makes it ready, does /app/task.sh, and hands /out back on the disk.
export PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
mount -t tracefs trace /sys/kernel/tracing
mount -t cgroup2 cgroup /sys/fs/cgroup
ip link set lo up
for module in virtio_pci virtio_blk veth dummy nf_conntrack nf_conntrack_netlink nf_tables nft_ct nft_compat nft_chain_nat \
  xt_conntrack xt_MASQUERADE xt_mark xt_comment xt_nat ip_vs ip_vs_rr tcp_diag inet_diag; do
  modprobe "$module" || echo "guest: no module $module"
done
# IPVS is in every namespace that is made from here on.
echo "guest: up after $(cut -d' ' -f1 /proc/uptime) s"
cd /app
sh ./task.sh
echo "guest: done after $(cut -d' ' -f1 /proc/uptime) s"
tar c -C /out . >/tmp/out.tar
dd if=/tmp/out.tar of=/dev/vda bs=64k conv=fsync 2>/dev/null
poweroff -f

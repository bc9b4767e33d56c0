#!/bin/sh
# Runs a command as a container runtime would: a root of its own, read-only, and the rights that it is given and no others.
#   container.sh PIDS GIVEN USER CAPABILITIES WRITABLE READABLE COMMAND...
# PIDS: host, own. GIVEN: what of the node it is given, with commas: tracing, tracing-read-only, kmsg, cgroup. USER: a uid. CAPABILITIES: with commas, or none. WRITABLE: a folder that is the
# container's, too. READABLE: folders that it may read, with colons.
set -eu
pids=$1 given=,$2, user=$3 capabilities=$4 writable=$5 readable=$6
shift 6
root=/mnt

if [ "${NETDEBUG_TEST_INSIDE:-}" != yes ]; then
  export NETDEBUG_TEST_INSIDE=yes
  own=$([ "$pids" = host ] || echo --pid --fork --kill-child)
  # shellcheck disable=SC2086
  exec unshare --mount --propagation private $own sh "$0" "$pids" "$given" "$user" "$capabilities" "$writable" "$readable" "$@"
fi
unset NETDEBUG_TEST_INSIDE

mount -t tmpfs -o mode=755 tmpfs $root
cd $root
mkdir -p proc sys dev tmp old usr etc
mount -t tmpfs -o mode=1777 tmpfs tmp
mount --bind /usr usr
mount --bind /etc etc
for link in bin lib lib64 sbin; do
  if [ -L /$link ]; then cp -P /$link $link; elif [ -d /$link ]; then mkdir $link && mount --bind /$link $link; fi
done
IFS=:
for folder in $readable; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
done
unset IFS
mkdir -p "$root$writable"
mount --bind "$writable" "$root$writable"
for device in null zero full random urandom; do
  touch dev/$device && mount --bind /dev/$device dev/$device
done
if [ "$pids" = own ]; then mount -t proc proc proc; else mount --rbind /proc proc; fi
mount -t sysfs -o ro sysfs sys
case $given in *,cgroup,*) mount --rbind /sys/fs/cgroup sys/fs/cgroup ;; esac
case $given in *,kmsg,*) touch dev/kmsg && mount --bind /dev/kmsg dev/kmsg ;; esac
case $given in *,tracing*) mount -t tracefs tracefs sys/kernel/tracing ;; esac
case $given in *,tracing-read-only,*) mount -o remount,bind,ro sys/kernel/tracing ;; esac
mount -o remount,ro $root
pivot_root . old
cd /
umount -l old

kept=-all
if [ "$capabilities" != none ]; then
  kept="-all,$(echo "$capabilities" | tr A-Z a-z | sed 's/\([a-z_]*\)/+\1/g; s/,+/,+/g')"
fi
if [ "$user" = 0 ]; then
  set -- setpriv --no-new-privs --bounding-set="$kept" --inh-caps="$kept" "$@"
else
  set -- setpriv --no-new-privs --reuid="$user" --regid="$user" --clear-groups --bounding-set=-all --inh-caps=-all "$@"
fi
exec "$@"

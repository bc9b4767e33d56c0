#!/bin/bash
# Makes in FOLDER what scripts/guest/run.sh boots: Debian's kernel, which has IPVS, and a root of the tools that make and watch the lab's world.
#   scripts/guest/build.sh FOLDER
# Debian 12 on amd64, as root for apt-get; about a minute and 300 MB of disk. Nothing outside FOLDER is changed but the packages that are installed.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:?usage: build.sh FOLDER}
mkdir -p "$folder/packages"
folder=$(cd "$folder" && pwd)
root=$folder/root

apt-get install -y -qq --no-install-recommends qemu-system-x86 busybox-static cpio dash kmod ipvsadm \
  iproute2 nftables iptables conntrack tcpdump socat procps util-linux mount >"$folder/apt.log"
# The kernel is unpacked and not installed: this machine keeps its own.
kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends:/ { print $2; exit }')
cd "$folder/packages"
compgen -G "${kernel}_*.deb" >/dev/null || apt-get download -qq "$kernel" 2>>"$folder/apt.log"
rm -rf "$folder/kernel" "$root"
dpkg-deb --extract "$(compgen -G "${kernel}_*.deb")" "$folder/kernel"
release=$(ls "$folder/kernel/lib/modules")
cp "$folder/kernel/boot/vmlinuz-$release" "$folder/vmlinuz"

mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,proc,sys,dev,tmp,run,etc,root,app,out}

# Copies a program or a library to where it is here, and with it the libraries that it is linked to.
copy() {
  local file
  file=$(readlink -f "$1")
  mkdir -p "$root$(dirname "$file")"
  cp -u "$file" "$root$file"
  for library in $(ldd "$file" 2>/dev/null | grep -o '/[^ )]*'); do
    mkdir -p "$root$(dirname "$library")"
    cp -uL "$library" "$root$library"
  done
}

for tool in ip nft xtables-nft-multi conntrack tcpdump ipvsadm sysctl mount kmod dash date socat; do
  path=$(PATH=$PATH:/usr/sbin:/sbin command -v "$tool")
  copy "$path"
  [ -e "$root/usr/bin/$tool" ] || ln -s "$(readlink -f "$path")" "$root/usr/bin/$tool"
done
for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -sf /usr/sbin/xtables-nft-multi "$root/usr/bin/$name"
done
for name in modprobe depmod; do ln -sf /usr/bin/kmod "$root/usr/bin/$name"; done
# dash, since BusyBox's shell takes its own applets before the programs of the same name.
ln -sf /usr/bin/dash "$root/bin/sh"
copy "$(command -v busybox)"
for applet in cat cut dd mkdir poweroff seq sleep tar; do ln -sf "$(command -v busybox)" "$root/usr/bin/$applet"; done
mkdir -p "$root/usr/lib/x86_64-linux-gnu/xtables"
cp /usr/lib/x86_64-linux-gnu/xtables/*.so "$root/usr/lib/x86_64-linux-gnu/xtables/"
cp /etc/protocols /etc/services "$root/etc/" 2>/dev/null || true
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"

modules=$root/lib/modules/$release
mkdir -p "$modules"
cd "$folder/kernel/lib/modules/$release"
tar c modules.* kernel/net/{netfilter,ipv4,ipv6,bridge,802,llc,packet} kernel/lib kernel/crypto kernel/arch/x86/crypto \
  kernel/drivers/net/{veth,dummy}.ko kernel/drivers/block/virtio_blk.ko kernel/drivers/virtio 2>>"$folder/apt.log" |
  tar x -C "$modules" || true
/sbin/depmod -b "$root" "$release"

cp "$project/scripts/guest/init.sh" "$root/init"
chmod +x "$root/init"
cd "$root"
find . | cpio --create --format=newc --quiet >"$folder/root.cpio"
rm -rf "$folder/kernel"
ls -l "$folder/root.cpio" "$folder/vmlinuz"

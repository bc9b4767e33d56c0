#!/bin/bash
# Makes the world of "netdebug lab run ipvs-entry-expired" in the guest that scripts/guest/build.sh made, and brings back what was seen there.
#   scripts/guest/run.sh FOLDER OUT [--variant NAME] [--fix NAME]
# OUT gets what the tools of both nodes said, and console.log; "npm run guest:evidence OUT EVIDENCE" makes of it what
# "netdebug diagnose" reads. Software emulation, without /dev/kvm: about 35 s of one processor. The guest's clock
# counts its instructions, so that a busy machine changes nothing that is seen there. netdebug itself is not in the
# guest: under emulation it takes minutes to start.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(cd "${1:?usage: run.sh FOLDER OUT [words]}" && pwd)
out=${2:?usage: run.sh FOLDER OUT [words]}
shift 2
mkdir -p "$out"
out=$(cd "$out" && pwd)

rm -rf "$folder/program"
mkdir -p "$folder/program/app"
cp "$project"/scripts/guest/{task,watch}.sh "$folder/program/app/"
# The programs that follow the plan are ours, and stay here; of them only whether the clients have keep-alive goes along.
plan=$("$project/bin/netdebug" lab run ipvs-entry-expired "$@" --dry-run)
sed '/^# the programs$/,$d' <<<"$plan" >"$folder/program/app/plan.sh"
if grep -q -e '--keep-alive' <<<"$plan"; then touch "$folder/program/app/keep-alive"; fi
(cd "$folder/program" && find . | cpio --create --format=newc --quiet) | cat "$folder/root.cpio" - >"$folder/initrd"
truncate -s 0 "$folder/disk"
truncate -s 64M "$folder/disk"
timeout 1200 qemu-system-x86_64 -M q35 -cpu max -accel tcg,thread=single -icount shift=2,sleep=off -rtc clock=vm -smp 1 -m 1024 -nographic -no-reboot -net none \
  -kernel "$folder/vmlinuz" -initrd "$folder/initrd" -append 'console=ttyS0 panic=-1 quiet' \
  -drive "file=$folder/disk,if=virtio,format=raw" </dev/null >"$out/console.log" 2>&1
tar x -C "$out" -f "$folder/disk" 2>/dev/null || true
grep -a '^guest:' "$out/console.log"

#!/bin/bash
# Runs "netdebug lab run WORDS…" of this checkout in the guest that scripts/guest/build.sh made, and brings the run's folder back.
#   scripts/guest/run.sh FOLDER OUT WORDS…
#   scripts/guest/run.sh /var/tmp/guest /var/tmp/run ipvs-entry-expired --connections 3 --duration 20s
# Software emulation, without /dev/kvm: a run takes minutes and a whole processor. OUT also gets console.log, what the guest printed, and
# format/, the formats of the tracepoints that netdebug reads there.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(cd "${1:?usage: run.sh FOLDER OUT WORDS…}" && pwd)
out=${2:?usage: run.sh FOLDER OUT WORDS…}
shift 2
mkdir -p "$out"
out=$(cd "$out" && pwd)

# The program is compiled: stripping its types in the guest would take longer than the run.
app=$folder/program
rm -rf "$app"
mkdir -p "$app/app/node_modules"
node=$project/node_modules/node/bin/node
"$node" "$project/node_modules/typescript/bin/tsc" --project "$project/tsconfig.build.json" --outDir "$app/app/dist"
# Whoever waits for a program to begin waits longer there: the same program takes a minute where it takes a second here.
grep -rlE '(longestWaitMs|readyWithinMs|catchUpMs) = |patienceMs \?\? |timeoutMs \?\? 30|performance.now\(\) \+ [15]_000' "$app/app/dist" |
  xargs sed -i -E 's/(longestWaitMs = |readyWithinMs = |patienceMs \?\? |timeoutMs \?\? |performance\.now\(\) \+ )([0-9]+_000)/\1 20 * \2/'
cp -r "$project/src/report/assets" "$app/app/dist/report/"
cp "$project/package.json" "$app/app/"
for package in commander prom-client string-width wrap-ansi zod @opentelemetry/api tdigest get-east-asian-width bintrees; do
  mkdir -p "$(dirname "$app/app/node_modules/$package")"
  cp -r "$project/node_modules/$package" "$app/app/node_modules/$package"
done
words=$(printf ' %q' "$@")
cat >"$app/app/task.sh" <<TASK
mkdir -p /out/format
for name in tcp/tcp_send_reset tcp/tcp_receive_reset tcp/tcp_retransmit_skb skb/kfree_skb sock/inet_sock_set_state \
  sock/inet_sk_error_report sched/sched_process_exit tcp/tcp_destroy_sock oom/mark_victim; do
  cat /sys/kernel/tracing/events/\$name/format >/out/format/\$(echo "\$name" | tr / -) 2>/dev/null
done
export NODE_COMPILE_CACHE=/app/compiled
node dist/cli/start.mjs lab run$words --out /out/run
echo "guest: netdebug ended with \$?"
TASK
# Compiled code of the modules, which is good for the same Node.js in the same folder: half of the start-up of each process.
unshare --mount sh -c 'mkdir -p /app && mount --bind "$1/app" /app && export NODE_COMPILE_CACHE=/app/compiled && cd /app &&
  for words in "lab list" "lab run --dry-run" "server --help" "client --help"; do "$2" dist/cli/start.mjs $words >/dev/null; done' \
  sh "$app" "$node"
(cd "$app" && find . | cpio --create --format=newc --quiet) >"$folder/program.cpio"
cat "$folder/root.cpio" "$folder/program.cpio" >"$folder/initrd"
truncate -s 0 "$folder/disk"
truncate -s 128M "$folder/disk"
nice -n 19 timeout 1200 qemu-system-x86_64 -M q35 -cpu max -accel tcg,thread=multi -smp 2 -m 3072 -nographic -no-reboot -net none \
  -kernel "$folder/vmlinuz" -initrd "$folder/initrd" -append 'console=ttyS0 panic=-1 quiet' \
  -drive "file=$folder/disk,if=virtio,format=raw" </dev/null >"$out/console.log" 2>&1
tar x -C "$out" -f "$folder/disk" 2>/dev/null || true
grep -a '^guest:' "$out/console.log"

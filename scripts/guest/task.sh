#!/bin/sh
# In the guest: makes the world that ./plan.sh describes, watches both nodes with what netdebug's observers read, and lets clients be silent
# for 1, 2 and 4.5 seconds between two lines.
cat /proc/sys/kernel/osrelease >/out/kernel
sh -e ./plan.sh || echo 'guest: the plan failed'

inside() { ip netns exec "$@"; }

watchers=
for node in node-1 node-2; do
  mkdir -p "/out/$node"
  inside "$node" cat /proc/net/fib_trie >"/out/$node/fib_trie"
  inside "$node" ip -json link >"/out/$node/links"
  inside "$node" tcpdump -i any -y LINUX_SLL2 -s 128 -U --immediate-mode -Z root -w "/out/$node/capture.pcap" 'tcp or icmp' 2>"/out/$node/tcpdump.log" &
  inside "$node" conntrack -E -p tcp -o timestamp,id >"/out/$node/conntrack-events.log" 2>/dev/null &
  inside "$node" sh ./watch.sh >"/out/$node/snapshots" &
  watchers="$watchers $!"
done
inside server socat TCP-LISTEN:8080,fork,reuseaddr PIPE &
sleep 6

# $1: the client's namespace, $2: the pause, $3: how many lines, $4: whose of the clients with this pause. socat says how it ended, with
# its time.
keep_alive=
if [ -e keep-alive ]; then keep_alive=,keepalive,keepidle=1,keepintvl=1,keepcnt=3; fi
talk() {
  (
    for line in $(seq "$3"); do
      echo "line $line"
      sleep "$2"
    done
  ) | inside "$1" socat -lu -d -d - "TCP:10.48.14.50:8080$keep_alive" >"/out/clients/$1-$2-$4" 2>"/out/clients/$1-$2-$4.log"
  echo "guest: $1, pauses of $2 s: socat ended with $?"
}
mkdir -p /out/clients
for client in co-located-client remote-client; do
  for pause in 1 2; do talk "$client" "$pause" 5 1 & done
  for one in 1 2; do
    talk "$client" 4.5 2 "$one" &
    sleep 0.3
  done
done
sleep 12
: >ended
wait $watchers

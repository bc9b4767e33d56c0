#!/bin/sh
# In the guest: makes the world that ./plan.sh describes, watches both nodes with what netdebug's observers read, and lets clients be silent
# for 1, 2 and 4.5 seconds between two lines.
mkdir -p /out/format
for name in tcp/tcp_send_reset tcp/tcp_receive_reset tcp/tcp_destroy_sock tcp/tcp_retransmit_skb tcp/tcp_retransmit_synack \
  sock/inet_sock_set_state sock/inet_sk_error_report signal/signal_generate sched/sched_process_exit oom/mark_victim; do
  cat "/sys/kernel/tracing/events/$name/format" >>/out/format/formats.txt
done
cat /proc/sys/kernel/osrelease >/out/kernel
sh -e ./plan.sh || echo 'guest: the plan failed'

inside() { ip netns exec "$@"; }
now() { date +%s.%N; }

for node in node-1 node-2; do
  mkdir -p "/out/$node"
  inside "$node" cat /proc/net/fib_trie >"/out/$node/fib_trie"
  inside "$node" iptables-save >"/out/$node/rules"
  inside "$node" tcpdump -i any -y LINUX_SLL2 -s 128 -U --immediate-mode -Z root -w "/out/$node/capture.pcap" 'tcp or icmp' 2>"/out/$node/tcpdump.log" &
  inside "$node" conntrack -E -p tcp -o timestamp,id >"/out/$node/conntrack-events.log" 2>/dev/null &
  inside "$node" sh ./watch.sh >"/out/$node/snapshots" &
done
inside server nc -ll -p 8080 -e cat &
sleep 6

# $1: the client's namespace, $2: the pause, $3: how many lines.
talk() {
  (
    for line in $(seq "$3"); do
      echo "line $line"
      sleep "$2"
    done
  ) | inside "$1" nc 10.48.14.50 8080 >/dev/null 2>"/out/$1-$2.said"
  echo "$(now) $1 $2: nc ended with $?" >>/out/clients
}
for client in co-located-client remote-client; do
  for pause in 1 2; do talk "$client" "$pause" 8 & done
  for _ in 1 2; do
    talk "$client" 4.5 2 &
    sleep 0.3
  done
done
sleep 18
cat /out/clients
for node in node-1 node-2; do inside "$node" iptables-save -c >"/out/$node/rules-after"; done
echo "$(now)" >/out/ended

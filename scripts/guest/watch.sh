#!/bin/sh
# In a node's namespace of the guest: what IPVS has and the kernel counts, again and again; a line that begins with "==" says what follows.
while :; do
  echo "== at $(date +%s.%N)"
  for table in ip_vs_conn snmp netstat; do
    echo "== $table"
    cat "/proc/net/$table"
  done
  sleep 0.4
done

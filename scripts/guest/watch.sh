#!/bin/sh
# In a node's namespace of the guest: what IPVS has, what the kernel and the rules count, again and again until there is a file "ended"; a
# line that begins with "==" says what follows. Under emulation each program takes long to start: few are, and the rules, which take
# five, are read rarely, but at the end.
round=0
last=no
while [ "$last" = no ]; do
  if [ -e ended ]; then last=yes; fi
  echo "== at $(date +%s.%N)"
  echo "== proc"
  cat /proc/net/ip_vs_conn /proc/net/snmp /proc/net/netstat
  if [ $((round % 25)) -eq 0 ] || [ "$last" = yes ]; then
    echo "== rules"
    iptables-save -c
    echo "== nft"
    nft list tables
  fi
  round=$((round + 1))
  sleep 0.8
done

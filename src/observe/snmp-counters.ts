// The kernel's protocol counters of a namespace, by the names that nstat prints.
import type { Counters } from './counter-changes.ts';

/** Counters that grow with every packet or with the kernel's own tuning: they tell of traffic, not of trouble. */
const traffic: readonly RegExp[] = [
  /^Ip(In|Out)(Receives|Delivers|Requests|Transmits)$/,
  /^IpForwDatagrams$/,
  /^IpExt.*(Octets|ECT[01]?Pkts|CEPkts|castPkts)$/,
  /^Tcp(InSegs|OutSegs|ActiveOpens|PassiveOpens)$/,
  /^Tcp(RtoAlgorithm|RtoMin|RtoMax|MaxConn|CurrEstab)$/,
  /^Ip(Forwarding|DefaultTTL)$/,
  /^Udp/,
  /^TcpExt(TW|TCPHPHits|TCPPureAcks|TCPHPAcks|DelayedACKs|TCPOrigDataSent|TCPDelivered|TCPAutoCorking|TCPRcvCoalesce)$/,
  /^TcpExtTCP(Hystart|Keep|Pacing|FastOpenC|Win|Rcv|MemoryP|AckComp|WantZero|FromZero|ToZero)/,
];

const isTraffic = new Map<string, boolean>();

/**
 * Parses /proc/net/snmp or /proc/net/netstat: a line of names, then a line of values, each beginning with the protocol. Traffic
 * counters are left out; so is a pair that is cut off.
 */
export function parseSnmp(text: string): Counters {
  const counters: Record<string, number> = {};
  const lines = text.split('\n');
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const names = (lines[index] ?? '').split(' ');
    const values = (lines[index + 1] ?? '').split(' ');
    if (names.length !== values.length || names[0] !== values[0] || !names[0]?.endsWith(':')) continue;
    const protocol = names[0].slice(0, -1);
    for (let column = 1; column < names.length; column += 1) {
      // Most counters of most namespaces never move.
      if (values[column] === '0') continue;
      const name = `${protocol}${names[column] ?? ''}`;
      if (!tellsOfTraffic(name)) counters[name] = Number(values[column]);
    }
  }
  return counters;
}

function tellsOfTraffic(name: string): boolean {
  let known = isTraffic.get(name);
  if (known === undefined) {
    known = traffic.some((pattern) => pattern.test(name));
    isTraffic.set(name, known);
  }
  return known;
}

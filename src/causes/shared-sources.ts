// What several pages use: the one capture that every RST is looked at with, and the kernel's own documents.
import type { Source } from './cause-page.ts';

/** Shows each RST of the server's port with interface, direction, hop count (ttl), IP id, flags and length. */
export const resetsOnly = "tcpdump -nn -v -l -i any 'tcp[tcpflags] & tcp-rst != 0 and port PORT'";

export const kernelDocs = {
  conntrackSysctl: {
    title: "Linux: conntrack's settings and their defaults",
    where: 'https://docs.kernel.org/networking/nf_conntrack-sysctl.html',
  },
  ipSysctl: {
    title: "Linux: TCP's settings and their defaults (tcp_retries2)",
    where: 'https://docs.kernel.org/networking/ip-sysctl.html',
  },
  rfc5961InLinux: {
    title: 'Linux accepts a RST only with the expected sequence number (RFC 5961)',
    where: 'torvalds/linux commit 282f23c6ee34',
  },
  closeWithUnreadData: {
    title: 'A close with unread data is a RST (RFC 1122, 4.2.2.13; RFC 9293)',
    where: 'https://datatracker.ietf.org/doc/html/rfc9293',
  },
  rejectWithReset: {
    title: 'Linux: how a rule makes a RST',
    where: 'torvalds/linux: net/ipv4/netfilter/nf_reject_ipv4.c',
  },
} as const satisfies Record<string, Source>;

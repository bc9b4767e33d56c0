// Answers that take another way than the questions, or that conntrack is told to leave alone, arrive with the pod's own address.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'untranslated-answer',
  title: "answers passed by the NAT; the client's kernel reset what it never dialled",
  scenario: 'untranslated-answer',
  symptom: {
    client:
      'New connections time out, and live ones end with ETIMEDOUT, as long as all answers pass so; ECONNRESET 0.2 s or more after its ' +
      'write where only some did. The pod IP can be reached at the same time.',
    server:
      'ECONNRESET at once after it has answered, or nothing is accepted at all (half-open connections come and go).',
    nodes:
      'No entry is destroyed and none is made. An entry stays in SYN_SENT [UNREPLIED], or in ESTABLISHED. The invalid counter rises by no ' +
      "more than the client's RSTs, which belong to no entry.",
  },
  symptoms: [
    'connecting to a Service times out when client and pod are on the same node: the answer comes from the pod IP (bridge-nf-call-iptables, hairpin)',
  ],
  author: {
    who: ['client-kernel'],
    text:
      "The client's kernel: it has a socket for SERVICE:PORT, and what comes is from POD:PORT. Its RST goes to the pod, where it ends the " +
      "server's socket.",
  },
  mechanism: [
    {
      text:
        'A Service is a promise of one node: it turns the question’s destination into a pod, and must see the answer to turn its source ' +
        'back. Whatever leads the answer past that place leaves it as it is.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'Two pods on one bridge: the question goes through the node, since the Service’s address is nowhere on the bridge. The answer goes ' +
        'from pod to pod within it, and netfilter sees it only with net.bridge.bridge-nf-call-iptables=1 (and br_netfilter loaded).',
      basis: ['source', 'measured'],
    },
    {
      text:
        'A second network, or a route in the server’s pod: the answer leaves by an interface that does not lead to the node which translated ' +
        'the question, and reaches the client all the same.',
      basis: ['measured'],
    },
    {
      text:
        'A rule NOTRACK, or one that puts answers into another zone (CT --zone), for one direction alone: conntrack does not look at the ' +
        'answer, so NAT does not either.',
      basis: ['measured'],
    },
    {
      text:
        'The client’s RST is for no entry, and so INVALID: where kube-proxy drops INVALID packets the server never hears it and sends its ' +
        'answer again and again. Elsewhere the server is reset at once. The client itself hears nothing until it gives up, unless ' +
        'translation works again: then what it sends once more meets no socket, and it is reset.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A            node              server B',
    '   | ----- to V ----- | ----- to B -----> |   the question is translated',
    '   | <------------- from B -------------- |   the answer passes by',
    '   | --------------- RST to B ----------> |   no such socket here',
    '   | ----- to V ----- | ----------------> |   sent again: no socket there',
  ],
  howToConfirm: [
    {
      where: "the client's node",
      run: "tcpdump -nn -l -i any 'host CLIENT_IP and tcp port PORT'",
      whenItIs:
        "On the client's interface questions go to SERVICE_IP and answers come from POD_IP; each is followed by a RST to POD_IP.",
      whenNot: 'Answers come from SERVICE_IP, or do not come.',
    },
    {
      where: "the client's node",
      run: 'conntrack -L -p tcp -d SERVICE_IP',
      whenItIs:
        'SYN_SENT [UNREPLIED] for connections that the server has answered; or ESTABLISHED, with packets= of the answers standing still.',
      whenNot: 'The entry is gone: see conntrack-entry-deleted and conntrack-expired.',
    },
    {
      where: "the client's node",
      run: "sysctl net.bridge.bridge-nf-call-iptables; bridge link;\n  iptables-save -t raw | grep -iE 'notrack|zone'",
      whenItIs:
        'Both pods are on one bridge and the sysctl is 0, or is not there (br_netfilter is not loaded); or a rule that takes answers out.',
      whenNot: 'The pods have interfaces of their own, and no rule takes anything out of conntrack.',
    },
    {
      where: "the server's pod",
      run: 'ip route get CLIENT_IP',
      whenItIs: 'Another interface or gateway than the one by which the questions come.',
      whenNot: 'The way back is the way that the questions came.',
    },
  ],
  lookAlikes: [
    {
      cause: 'conntrack-invalid',
      tellApart:
        'There single packets pass so, those that are outside the window; invalid= rises by more than the RSTs that answer them, and what is ' +
        'sent again is translated.',
    },
    {
      cause: 'conntrack-entry-deleted',
      tellApart: 'There a DESTROY marked [USERSPACE] comes before the first answer that passes so.',
    },
    {
      cause: 'conntrack-expired',
      tellApart: 'There a DESTROY without a mark comes before it, after a silence.',
    },
    {
      cause: 'silent-drop',
      tellApart:
        "Where nobody captures on the client's side this looks the same to the client: nothing it can use comes back.",
    },
  ],
  fixes: [
    {
      name: 'masquerade',
      whatToDo:
        'Let the node put its own address in place of the client’s, so that answers must come back to it: kube-proxy --masquerade-all, or a ' +
        'POSTROUTING rule for flows that were DNATed to their own bridge.',
      sideEffects: 'The server no longer sees who the client is; NetworkPolicies see the node.',
      proven: 'lab',
    },
    {
      name: 'headless-service',
      whatToDo: 'Let clients dial the pod IP: what is not translated needs no translating back.',
      sideEffects:
        'kube-proxy no longer spreads the connections; clients must resolve again when pods change.',
      proven: 'lab',
    },
    {
      name: 'same-way-back',
      whatToDo:
        'Lead the answers back to where the questions were translated: the route in the pod or on the second network taken away, the NOTRACK ' +
        'or zone rule for one direction removed or made for both.',
      sideEffects: 'What was meant to bypass the node no longer does.',
      proven: 'lab',
      without: 'another-way-back',
    },
    {
      name: 'bridge-netfilter',
      whatToDo:
        'modprobe br_netfilter and sysctl -w net.bridge.bridge-nf-call-iptables=1 (net.bridge.bridge-nf-call-ip6tables for IPv6), both at ' +
        'boot: the module resets nothing, but it must be there before kube-proxy and the CNI’s bridge work.',
      sideEffects: 'Every packet of the bridge passes iptables.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'kubernetes: a Service cannot be reached from a pod of the same bridge',
      where: 'https://github.com/kubernetes/kubernetes/issues/38802',
    },
    {
      title: 'kube-router: the same, before it loaded br_netfilter',
      where: 'https://github.com/cloudnativelabs/kube-router/issues/151',
    },
    {
      title: 'kubernetes: answers that come back by another way',
      where: 'https://github.com/kubernetes/kubernetes/issues/94861',
    },
    {
      title: 'Linux: what a bridge hands to iptables',
      where: 'https://docs.kernel.org/networking/ip-sysctl.html',
    },
    kernelDocs.conntrackSysctl,
  ],
} as const satisfies WrittenPage;

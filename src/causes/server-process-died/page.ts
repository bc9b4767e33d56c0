// The server's process ended while its pod stayed: its kernel closed the connections, and nobody listens.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'server-process-died',
  title: "the server's process ended while its pod stayed",
  scenario: 'server-process-died',
  symptom: {
    client:
      'If the server had read everything: an orderly end (EOF) at once, even while idle, and EPIPE on a later write. If ' +
      'input was unread: ECONNRESET at once. Then refused, until the process is back.',
    server: 'Its log ends in the middle. Exit code 137 for SIGKILL, also when memory ran out.',
    nodes:
      'FIN or RST of all its connections within a millisecond; the listener is gone; RSTs answer the next SYNs.',
  },
  symptoms: [
    'the server crashed or was killed and restarted: all its clients lose their connections at once, then connection refused',
  ],
  author: {
    who: ['server-process-died', 'server-kernel'],
    text:
      "The server's kernel, for a process that no longer exists: it closes each socket as if the application had, with FIN, " +
      'or with RST where input was unread.',
  },
  mechanism: [
    {
      text:
        'When a process ends, by whatever cause, the kernel closes its sockets. A close with unread input sends RST, so that ' +
        'the peer learns that data was lost; a close without sends FIN.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'A process that hangs before it is killed leaves input unread: out-of-memory and liveness kills therefore tend to ' +
        'show as resets, the kill of an idle process as EOF.',
      basis: ['measured'],
    },
    {
      text:
        'The pod, its address and its veth stay. Until the container runs again, the kernel refuses each SYN with a RST, ' +
        'and answers what comes for the old connections with another.',
      basis: ['measured'],
    },
    {
      text:
        'Where same-node traffic crosses the node twice, a client that dials the pod IP is not refused but times out: the RST ' +
        'ends the one entry at its first crossing, is INVALID at the second, and is dropped.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A                        server B',
    '   | --- question ----------->  | unread',
    '   |                            x SIGKILL',
    '   | <-- RST, [R.] 52 bytes --- |        (nothing unread: FIN)',
    '   | --- SYN ---------------->  |',
    '   | <-- RST ------------------ |        nobody listens: refused',
  ],
  howToConfirm: [
    {
      where: 'anywhere with kubectl',
      run: "kubectl get pod POD -n NAMESPACE -o yaml | grep -A9 -E 'restartCount|lastState'",
      whenItIs:
        'The restart count has risen; finishedAt is the time of the resets; reason is OOMKilled, Error or Completed.',
      whenNot: 'No termination at that time: see server-aborted.',
    },
    {
      where: 'anywhere with kubectl',
      run: 'kubectl logs POD -n NAMESPACE --previous --tail=50',
      whenItIs: 'The last words of the process that ended: a stack trace, or nothing at all after SIGKILL.',
      whenNot: 'There is no previous container.',
    },
    {
      where: "the server's pod",
      run: "ss -ltn 'sport = :PORT'",
      whenItIs: 'No LISTEN line, until the process is back.',
      whenNot: 'The listener is there all the time.',
    },
    {
      where: "the server's node",
      run: "tcpdump -nn -v -l -i any 'tcp[tcpflags] & (tcp-rst|tcp-fin) != 0 and port PORT'",
      whenItIs:
        'All connections at one moment: FIN, or [R.] with length 52. Then [R.] with seq 0 and length 40 for each SYN.',
      whenNot: 'One connection alone, or none that is refused later.',
    },
    {
      where: "the server's node",
      run: "dmesg -T | grep -i 'killed process'",
      whenItIs: 'The process, killed for memory at the time of the resets.',
      whenNot: 'No such line: not memory. A liveness probe that fails shows in "kubectl describe pod".',
    },
  ],
  lookAlikes: [
    {
      cause: 'server-killed-for-memory',
      tellApart:
        'The same packets; the kernel\'s log, the cgroup\'s oom_kill count or "OOMKilled" tell of it.',
    },
    {
      cause: 'server-aborted',
      tellApart: 'The same RST, but the listener lives, and a new connection works at once.',
    },
    {
      cause: 'policy-reject',
      tellApart: "Refused as well, but those RSTs never came In on the server's veth.",
    },
    {
      cause: 'endpoint-replaced',
      tellApart: 'The pod is another one, and the link or route of its address changed.',
    },
  ],
  fixes: [
    {
      name: 'graceful-stop',
      whatToDo:
        'Let it end in order: on SIGTERM stop accepting, answer what was read, close. And keep it from being killed: more ' +
        'memory or a lower use of it, a liveness probe that outlasts a slow moment, the crash repaired.',
      sideEffects: 'A stop takes as long as the slowest answer, at most the grace period.',
      proven: 'lab',
    },
    {
      name: 'not-killed',
      whatToDo:
        "Find who ends it: for memory raise resources.limits.memory; for a liveness probe raise livenessProbe's timeoutSeconds " +
        'and failureThreshold, or give slow starts a startupProbe; for a roll-out raise terminationGracePeriodSeconds.',
      sideEffects: 'A process that really hangs is restarted later.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.closeWithUnreadData,
    {
      title: 'Kubernetes: the settings of probes',
      where: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
    },
    {
      title: 'Kubernetes: requests and limits, and what happens beyond them',
      where: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
    },
    {
      title: 'Kubernetes: termination of pods and their endpoints',
      where: 'https://kubernetes.io/docs/tutorials/services/pods-and-endpoint-termination-flow/',
    },
  ],
} as const satisfies WrittenPage;

// The server's memory reached its limit: the kernel killed the process, and with it all of its connections.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs } from '../shared-sources.ts';

export const page = {
  id: 'server-killed-for-memory',
  title: "the kernel killed the server's process because memory ran out",
  scenario: 'server-killed-for-memory',
  symptom: {
    client:
      'As when the process ends by anything else: ECONNRESET where input was unread, EOF otherwise; a connection made in the ' +
      'very moment of the end is reset, later ones are refused until the process is back.',
    server: 'Its log ends in the middle, without a word. Exit code 137; the container was OOMKilled.',
    nodes:
      'The kernel\'s log says "Killed process"; the cgroup\'s oom_kill count rises by one. FIN or RST of all its connections follow ' +
      'within milliseconds.',
  },
  symptoms: [
    'OOMKilled, exit code 137: the server is out of memory, all its connections are reset at once, then refused until it restarts',
  ],
  author: {
    who: ['server-process-died', 'server-kernel'],
    text: "The server's kernel: it kills the process with SIGKILL, then closes each of its sockets, with FIN or with RST.",
  },
  mechanism: [
    {
      text:
        'A container may use as much memory as its limit says. When the kernel finds nothing more to give back, it chooses a process ' +
        'of that cgroup, as a rule the largest, and kills it. No signal handler runs, so nothing is drained or logged.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'A process near its limit is slow: it waits for memory, and what clients ask stays unread. What is unread at the end turns ' +
        'the FIN into a RST.',
      basis: ['measured'],
    },
    {
      text:
        'Without a limit, or when the sum of all limits is more than the node has, the whole machine runs out, and the kernel chooses ' +
        'among all processes (constraint=CONSTRAINT_NONE in the log).',
      basis: ['source'],
    },
    {
      text:
        "Nothing in the packets tells this from any other SIGKILL, such as that of a failed liveness probe: the kernel's log, the " +
        "cgroup's count or the container's state do.",
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A                        server B',
    '   | --- question ----------->  | unread: it waits for memory',
    '   |                            x limit reached: SIGKILL by the kernel',
    '   | <-- RST, [R.] 52 bytes --- |        (nothing unread: FIN)',
    '   | --- SYN ---------------->  |',
    '   | <-- RST ------------------ |        nobody listens: refused',
  ],
  howToConfirm: [
    {
      where: 'anywhere with kubectl',
      run: "kubectl get pod POD -n NAMESPACE -o yaml | grep -A9 -E 'restartCount|lastState'",
      whenItIs: 'reason: OOMKilled, exitCode: 137, and finishedAt is the time of the resets.',
      whenNot: 'Another reason: see server-process-died.',
    },
    {
      where: "the server's node",
      run: "dmesg -T | grep -i -E 'oom-kill|killed process'",
      whenItIs:
        "A line of that time with the server's pid and, as task_memcg, the cgroup of its container. oom_memcg says whose limit it was.",
      whenNot: 'No line of that time: the process ended otherwise.',
    },
    {
      where: "the server's node",
      run: "find /sys/fs/cgroup -path '*kubepods*' \\\n  \\( -name memory.events -o -name memory.oom_control \\) \\\n  -exec grep -H -E 'oom_kill|limit' {} + | grep -v ' 0$'",
      whenItIs: 'The oom_kill count of its pod is above zero, and rises when it happens again.',
      whenNot: 'It stays as it is.',
    },
  ],
  lookAlikes: [
    {
      cause: 'server-process-died',
      tellApart: 'The same packets; but the kernel chose no victim, and the container is not OOMKilled.',
    },
    {
      cause: 'server-aborted',
      tellApart: 'The same RST, but the listener lives, and a new connection works at once.',
    },
  ],
  fixes: [
    {
      name: 'higher-limit',
      whatToDo:
        'Raise the limit above what the server needs at its peak: resources.limits.memory of the container, and requests with it; ' +
        'for Istio sidecars sidecar.istio.io/proxyMemoryLimit. A runtime with a heap of its own gets a bound below the limit: ' +
        '-XX:MaxRAMPercentage, --max-old-space-size, GOMEMLIMIT.',
      sideEffects: 'Fewer pods fit on a node.',
      proven: 'lab',
    },
    {
      name: 'less-memory',
      whatToDo:
        'Find what grows: a leak, unbounded queues or caches, too many connections with buffers of their own.',
      sideEffects: 'None known.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.closeWithUnreadData,
    {
      title: 'Kubernetes: what happens above a memory limit',
      where: 'https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/',
    },
    {
      title: 'Linux: memory.max, memory.events and the OOM killer in cgroup v2',
      where: 'https://docs.kernel.org/admin-guide/cgroup-v2.html',
    },
    { title: 'A sidecar that is OOMKilled', where: 'https://github.com/istio/istio/issues/19925' },
    {
      title: 'Sidecars whose memory reaches the limit',
      where: 'https://github.com/istio/istio/issues/12765',
    },
  ],
} as const satisfies WrittenPage;

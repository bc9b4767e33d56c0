// The client's process was killed with input unread: its kernel resets the server.
import type { WrittenPage } from '../define-cause.ts';
import { kernelDocs, resetsOnly } from '../shared-sources.ts';

export const page = {
  id: 'client-died',
  title: "the client's process was killed, with input unread",
  scenario: 'client-died',
  symptom: {
    client: 'Its log ends in the middle. Exit code 137 for SIGKILL, also when memory ran out.',
    server: '"Connection reset by peer" (ECONNRESET) for all connections of one client within milliseconds.',
    nodes:
      "RSTs of live sockets from one client's side, all at once; a FIN for each that had nothing unread.",
  },
  symptoms: [
    'the server logs connection reset by peer or EOF of all connections of one client, which crashed or was killed',
  ],
  author: {
    who: ['client-process-died'],
    text: "The client's kernel, for a process that no longer exists: it closes each socket as if the application had.",
  },
  mechanism: [
    {
      text:
        'When a process ends, by whatever cause, the kernel closes its sockets. A close with unread input sends RST; a close without ' +
        'sends FIN, and the server then reads an orderly end of stream.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'A process that hangs before it is killed leaves input unread: out-of-memory and liveness kills therefore tend to show as ' +
        'resets at the server.',
      basis: ['measured'],
    },
    {
      text:
        'From the server alone it cannot be told from a client that aborts its connections itself: only the client’s node knows ' +
        'whether the process was there afterwards.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client A                        server B',
    '   | <-- answer --------------- |',
    '   |     unread                 |',
    '   x SIGKILL                    |',
    '   | --- RST, [R.] 52 bytes ->  | read(): ECONNRESET',
    '                                |        (nothing unread: FIN)',
  ],
  howToConfirm: [
    {
      where: "the client's node",
      run: resetsOnly,
      whenItIs:
        "First on the client's veth, In, flags [R.], length 52: all of its connections within milliseconds.",
      whenNot: 'One connection, and others of the same process live on: see client-aborted.',
    },
    {
      where: "the client's pod",
      run: "ss -tnpo state established '( dport = :PORT )'",
      whenItIs: 'Nothing, or another pid than before.',
      whenNot: 'The same pid, with new connections: see client-aborted.',
    },
    {
      where: "the client's node",
      run: "journalctl -k --since '-10 min' | grep -iE 'out of memory|oom-kill|killed process'",
      whenItIs: 'A line for the process at that time: it was killed for its memory.',
      whenNot: 'Nothing: look for a liveness probe, an eviction, a rollout (kubectl get events).',
    },
  ],
  lookAlikes: [
    {
      cause: 'client-aborted',
      tellApart: 'The process lives on, with the same pid, and connects again.',
    },
    {
      cause: 'socket-destroyed',
      tellApart:
        'No counter of aborts moves in the client’s pod, and its process lives and reads ECONNABORTED.',
    },
  ],
  fixes: [
    {
      name: 'graceful-stop',
      whatToDo:
        'Have the client asked to stop before it is killed, and end what it has in order: handle SIGTERM, a preStop hook, a ' +
        'terminationGracePeriodSeconds that suffices.',
      sideEffects: 'A stop takes as long as the longest answer that is waited for.',
      proven: 'lab',
    },
    {
      name: 'no-kill',
      whatToDo:
        'Take away what kills it: raise resources.limits.memory or mend the leak (OOMKilled), give the liveness probe a longer ' +
        'timeoutSeconds and failureThreshold.',
      sideEffects: 'A client that really hangs is noticed later.',
      proven: 'inferred',
    },
  ],
  sources: [
    kernelDocs.closeWithUnreadData,
    {
      title: 'Kubernetes: how a container is asked to stop, and killed',
      where: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
    },
    {
      title: 'A client that dies resets its server',
      where: 'https://github.com/fossology/fossology/issues/2835',
    },
  ],
} as const satisfies WrittenPage;

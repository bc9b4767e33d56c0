// Lines over bare TCP: socat at both ends, and what answers is a shell with the connection as its stdin and stdout.
import { programPath } from '../../../system/workload-programs.ts';
import { clientLoop } from './client-loop.ts';
import { seconds, type ForeignWorkload, type ServerTask } from './workload.ts';

/** Says every line back; with a push time, speaks unasked; with a life, ends after that long in the way that is wanted. */
const answer = `
push=$1 life=$2 hang=$3
started=\${EPOCHREALTIME/./}
while :; do
  IFS= read -r -t "$push" line
  case $? in
    0) printf '%s\\n' "$line" ;;
    1) exit ;;
    *) if [ "$push" != 3600 ]; then printf 'push\\n'; fi ;;
  esac
  if [ "$life" != 0 ] && (( \${EPOCHREALTIME/./} - started > life )); then
    if [ "$hang" != 0 ]; then sleep "$hang"
    # Its kernel would send a RST where it goes with a question unread.
    elif read -t 0; then continue
    fi
    exit
  fi
done
`;

export const raw: ForeignWorkload = {
  name: 'raw',
  about: 'lines over bare TCP, socat at both ends',
  programs: ['socat', 'bash'],
  unable: ({ deadlineMs, idleTimeoutMs }) =>
    deadlineMs === undefined && idleTimeoutMs === undefined
      ? null
      : 'the shell behind socat cannot be told to hang up on a client that is late or idle',
  files: () => ({ 'answer.bash': answer }),
  prepare: () => null,
  server(task) {
    const { port, closeWith, family } = task;
    const listener = family === 'ipv6' ? 'TCP6-LISTEN' : 'TCP4-LISTEN';
    // Linger 0 makes a RST of every close.
    const listen = `${listener}:${port},reuseaddr,fork,backlog=64${closeWith === 'reset' ? ',linger=0' : ''}`;
    // `nofork` hands the connection itself to the shell: what it leaves unread is unread in the kernel.
    return [programPath('socat'), listen, `EXEC:${answerWords(task).join(' ')},nofork`];
  },
  beside: () => null,
  saysLong: true,
  clients({ address, port, connections, periodMs, timeoutMs, payloadBytes }) {
    const host = address.includes(':') ? `[${address}]` : address;
    // Option 18 of level 6 is TCP_USER_TIMEOUT.
    const connect = `TCP:${host}:${port},connect-timeout=${seconds(timeoutMs)},setsockopt-int=6:18:${Math.round(timeoutMs)}`;
    return clientLoop(
      { connections, periodMs, line: 'a question of the lab'.padEnd(payloadBytes - 1, '.') },
      [
        programPath('socat'),
        // It goes as soon as the server has closed: what it said after that would be asked of nobody.
        ...['-t', '0.001'],
        ...['-', connect],
      ],
    );
  },
  stopSignal: 'SIGTERM',
};

function answerWords({ folder, pushEveryMs, closeEveryMs, closeWith }: ServerTask): string[] {
  const life = closeEveryMs ?? 0;
  // What it leaves unread must have come while it hung.
  const hang = closeWith === 'unread' ? life / 4 : 0;
  return [
    programPath('bash'),
    `${folder}/answer.bash`,
    pushEveryMs === undefined ? '3600' : seconds(pushEveryMs),
    String(Math.round(life * 1_000)),
    seconds(hang),
  ];
}

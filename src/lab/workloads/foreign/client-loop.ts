// The shell around clients that are not ours: it speaks for them at the scenario's pace and starts them again when they end.
import { programPath } from '../../../system/workload-programs.ts';
import { seconds } from './workload.ts';

/** How long a client that ended waits before it connects again. */
const comeBackMs = 200;

// bash, whose `read -t` on a pipe that nobody writes into waits without starting a program.
const script = `
connections=$1 period=$2 comeback=$3 line=$4
shift 4
exec {quiet}<> <(:)
wait_for() { read -r -t "$1" -u "$quiet" _; }
speak() {
  while printf '%s\\n' "$line"; do wait_for "$period"; done
}
client() {
  while :; do
    speak 2>/dev/null | "$@" >/dev/null
    wait_for "$comeback"
  done
}
for ((i = 0; i < connections; i++)); do client "$@" & done
wait
`;

export interface Spoken {
  readonly connections: number;
  /** From one line to the next. */
  readonly periodMs: number;
  /** Said again and again. */
  readonly line: string;
}

/** Runs `argv` for each connection, its lines coming by its stdin. */
export function clientLoop({ connections, periodMs, line }: Spoken, argv: readonly string[]): string[] {
  const numbers = [String(connections), seconds(periodMs), seconds(comeBackMs)];
  return [programPath('bash'), '-c', script, 'clients', ...numbers, line, ...argv];
}

// Says one line to a program that is started anew each time.
const repeated = `
period=$1 line=$2
shift 2
exec {quiet}<> <(:)
while :; do
  read -r -t "$period" -u "$quiet" _
  printf '%s\\n' "$line" | "$@" >/dev/null
done
`;

/** Waits, says `text` (of any number of lines) to `argv`, and so on. */
export function everySoOften(periodMs: number, text: string, argv: readonly string[]): string[] {
  return [programPath('bash'), '-c', repeated, 'beside', seconds(periodMs), text, ...argv];
}

// A line of trace_pipe: who ran, where, and when; what is told follows as text.

export interface TraceLine {
  readonly text: string;
  /** The thread's name, cut off at 15 bytes; null where the kernel has forgotten it. */
  readonly command: string | null;
  readonly tid: number;
  /** Null where the kernel has not noted it. */
  readonly tgid: number | null;
  /** `interrupt`: whoever ran there is a bystander. */
  readonly context: 'process' | 'interrupt';
  /** Microseconds of the instance's clock. */
  readonly at: number;
  /** `tcp_send_reset` */
  readonly name: string;
  readonly fields: string;
}

const shape =
  /^\s*(.+?)-(\d+)\s+(?:\(\s*([\d-]+)\)\s+)?\[\d+\]\s+(?:(\S{4,6})\s+)?(\d+)\.(\d{6}): ([A-Za-z_0-9]+): (.*)$/;
const loss = /^CPU:\d+ \[LOST (?:(\d+) )?EVENTS\]$/;

/** A number: events that the kernel overwrote before they were read (0 where it does not say how many). Undefined for any other text. */
export function parseTraceLine(text: string): TraceLine | number | undefined {
  const match = shape.exec(text);
  if (match === null) {
    const lost = loss.exec(text);
    return lost === null ? undefined : Number(lost[1] ?? 0);
  }
  const [, command = '', tid = '', tgid = '', flags = '', seconds = '', micros = '', name = '', fields = ''] =
    match;
  return {
    text: text.trim(),
    command: command === '<...>' ? null : command,
    tid: Number(tid),
    tgid: /^\d+$/.test(tgid) ? Number(tgid) : null,
    context: ran(flags, command, Number(tid)),
    at: Number(seconds) * 1e6 + Number(micros),
    name,
    fields,
  };
}

/**
 * The third flag: `.` the system call of that thread; s, h, H, z, Z an interrupt. Threads of the kernel that work off packets show
 * no flag where softirqs are threads (PREEMPT_RT, threaded NAPI), and did not decide anything either.
 */
function ran(flags: string, command: string, tid: number): TraceLine['context'] {
  const ofKernel = tid === 0 || /^(?:napi\/|ksoftirqd\/|kworker\/|irq\/|swapper|<idle>)/.test(command);
  return flags[2] === '.' && !ofKernel ? 'process' : 'interrupt';
}

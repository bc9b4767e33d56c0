// What others wrote beside a packet: ptcpdump names the process, its container and its pod there.
import type { PacketEvent } from '../model/node-event.ts';

type Beside = Pick<PacketEvent, 'comment' | 'process'>;

const longest = 500;
const nothing = { fields: {}, words: '' } as const;

/** The comment as fields of the packet's event, and as what its line ends with. */
export function readComment(bytes: Buffer | null): { readonly fields: Beside; readonly words: string } {
  if (bytes === null) return nothing;
  const comment = bytes.toString('utf8');
  const process = processIn(comment);
  const line = comment.replaceAll(/\s*\n\s*/g, '; ').trim();
  const words = process === null ? `, comment: ${shortened(line, 120)}` : `, of ${describe(process)}`;
  return {
    fields: { comment: shortened(comment, longest), ...(process === null ? {} : { process }) },
    words,
  };
}

const shortened = (text: string, length: number) =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

/** By the lines that ptcpdump writes, `NAME: VALUE` each (internal/writer/pcapng.go of github.com/mozillazg/ptcpdump). */
function processIn(comment: string): NonNullable<Beside['process']> | null {
  const valueOf = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(comment)?.[1]?.trim() ?? null;
  const pid = Number(valueOf('PID') ?? Number.NaN);
  const [pod, namespace] = [valueOf('PodName'), valueOf('PodNamespace')];
  const found = {
    pid: Number.isSafeInteger(pid) ? pid : null,
    command: valueOf('Cmd'),
    container: valueOf('ContainerName'),
    pod: pod === null || namespace === null ? pod : `${namespace}/${pod}`,
  };
  return found.pid === null && found.container === null && found.pod === null ? null : found;
}

function describe({ pid, command, container, pod }: NonNullable<Beside['process']>): string {
  const parts = [
    pid === null ? [] : [`process ${pid}${command === null ? '' : ` (${command})`}`],
    container === null ? [] : [`container ${container}`],
    pod === null ? [] : [`pod ${pod}`],
  ];
  return parts.flat().join(', ');
}

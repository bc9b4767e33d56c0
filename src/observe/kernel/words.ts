// What the witness of the kernel's events says of itself.
import type { Limit } from '../witness.ts';
import type { Configured } from './configure.ts';
import type { Tally } from './keep-events.ts';
import type { Processes } from './processes.ts';

export const surplusSentence =
  'more was told than the kernel counted here: another network namespace of this machine has the same addresses';

export const severalSentence =
  'another network namespace of this machine has the same addresses: not all that was told of them could be told apart';

const withoutPids =
  'processes have only the numbers that the machine gives them, and connections by the loopback are not seen: ' +
  'it takes the pid namespace of the machine (hostPID)';
const withoutSockets =
  'RSTs by listeners for all addresses to whom they do not know are not seen: it takes kernel.kptr_restrict=0';

export function scopeOf({ chosen, cpus, kibPerCpu }: Configured, pods: number): string {
  return (
    `${chosen.length} of the kernel's tracepoints, of the node and ${pods} pods, in ${cpus} rings of ${kibPerCpu} KiB; ` +
    'not the packets that rules drop'
  );
}

export function limitOf(
  { untold, blindTo }: Configured,
  { canBeLookedUp }: Processes,
  socketsAreHidden: boolean,
  ofPods: Limit | null,
): Limit | null {
  const texts = [
    ...(untold.length === 0 ? [] : [`this kernel does not tell everything: ${untold.join(', ')}`]),
    ...(canBeLookedUp ? [] : [withoutPids]),
    ...(socketsAreHidden ? [withoutSockets] : []),
    ...(ofPods === null ? [] : [ofPods.text]),
  ];
  const hidden = [
    ...blindTo,
    ...(socketsAreHidden ? (['listener-resets'] as const) : []),
    ...(ofPods?.blindTo ?? []),
  ];
  return texts.length === 0 ? null : { text: texts.join('; '), blindTo: hidden };
}

export function describeTally({
  lines,
  kept,
  foreign,
  nameless,
  several,
  leftOut,
  unreadable,
}: Readonly<Tally>): string[] {
  const others: readonly (readonly [number, string])[] = [
    [foreign, 'of other namespaces'],
    [nameless, 'that name no owner'],
    [several, 'at addresses that other namespaces have, too'],
    [leftOut, 'came too fast to be kept'],
    [unreadable, 'could not be read'],
  ];
  const said = others.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return [`${lines} events told, ${kept} kept`, ...said];
}

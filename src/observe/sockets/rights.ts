// What of the sockets' witness needs rights that this process may not have, each in a sentence.
import { missingCapabilities } from '../../system/capabilities.ts';
import type { BlindSpot } from '../../model/node-event.ts';
import type { PodFinder } from '../pod-namespaces.ts';
import type { Limit, WitnessContext } from '../witness.ts';

export interface Rights {
  /** Whether the pods' network namespaces can be entered. */
  readonly mayEnter: boolean;
  readonly limit: Limit | null;
}

type LookedAt = { readonly pods: Pick<PodFinder, 'blindness'> } & Pick<WitnessContext, 'seesProcesses'>;

/** What is asked of the machine, so that a test can answer. */
export interface AskedRights {
  readonly missing: typeof missingCapabilities;
}

export function socketRights(
  { pods, seesProcesses }: LookedAt,
  asked: AskedRights = { missing: missingCapabilities },
): Rights {
  const noPods = pods.blindness();
  const toEnter = asked.missing(['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE']);
  const texts = [
    ...(noPods === null ? [] : [noPods]),
    ...(toEnter.length === 0 || noPods !== null
      ? []
      : [`the sockets of pods cannot be seen: to enter their network takes ${toEnter.join(' and ')}`]),
    ...(seesProcesses ? whyNoOwners(asked) : [noProcesses]),
  ];
  const blindTo: BlindSpot[] = noPods === null && toEnter.length === 0 ? [] : ['pods'];
  return {
    mayEnter: toEnter.length === 0,
    limit: texts.length === 0 ? null : { text: texts.join('; '), blindTo },
  };
}

const noProcesses =
  'whose the sockets are cannot be seen: /proc shows no process but our own; it takes hostPID: true';

function whyNoOwners({ missing }: AskedRights): string[] {
  // The list of a process's descriptors is its user's alone, and what each of them is may be asked by whoever might trace it.
  const toList = missing(['CAP_DAC_OVERRIDE']).length === 0 ? [] : missing(['CAP_DAC_READ_SEARCH']);
  const toAsk = [...toList, ...missing(['CAP_SYS_PTRACE'])];
  return toAsk.length === 0
    ? []
    : [`whose the sockets of other users' processes are cannot be seen: it takes ${toAsk.join(' and ')}`];
}

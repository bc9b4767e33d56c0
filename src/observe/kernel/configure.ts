// Tells an instance what to trace and how. Nothing outside the instance is changed.
import { readFileSync, writeFileSync } from 'node:fs';
import { Problem } from '../../model/problem.ts';
import { parseEventFormat } from './event-format.ts';
import { refusal } from './instance.ts';
import { cpusOf, ringKib } from './ring.ts';
import { chooseTracepoints, type Choice } from './tracepoints.ts';

export interface Configured extends Choice {
  readonly cpus: number;
  readonly kibPerCpu: number;
}

/** Throws a `missing` Problem when nothing can be traced. */
export function configure(path: string): Configured {
  const set = (file: string, value: string) => writeFileSync(`${path}/${file}`, value);
  const attempt = (file: string, value: string): boolean => {
    try {
      set(file, value);
      return true;
    } catch {
      return false;
    }
  };
  try {
    // Changing the clock empties the ring, so it comes first.
    set('trace_clock', 'mono');
  } catch (error) {
    throw refusal(error);
  }
  attempt('options/record-tgid', '1');
  const cpus = cpusOf(path).length;
  const kibPerCpu = ringKib(cpus);
  attempt('buffer_size_kb', String(kibPerCpu));
  const { chosen, ...choice } = chooseTracepoints((event) => readFormat(`${path}/events/${event}/format`));
  const enabled = chosen.filter(({ path: event, filter }) => {
    // What a kernel's filter does not understand comes unfiltered.
    if (filter !== null) attempt(`events/${event}/filter`, filter);
    return attempt(`events/${event}/enable`, '1');
  });
  if (!enabled.some(({ kind }) => kind === 'send-reset' || kind === 'receive-reset'))
    throw new Problem(
      'missing',
      "this kernel has no tracepoints for TCP's RSTs: it takes Linux 4.16 or newer with tracing",
    );
  return { chosen: enabled, ...choice, cpus, kibPerCpu };
}

function readFormat(file: string) {
  try {
    return parseEventFormat(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

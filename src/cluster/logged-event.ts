// Tells the events in a pod's log from the log: an event is a line that is one JSON object of the known shape.
import { probeEventSchema, type ProbeEvent } from '../model/probe-event.ts';

/** The event that a line is; undefined for log lines and for lines that were cut off. */
export function readEventLine(line: string): ProbeEvent | undefined {
  if (!line.startsWith('{') || !line.endsWith('}')) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = probeEventSchema.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}

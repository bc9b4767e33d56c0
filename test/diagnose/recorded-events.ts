// What observers told of a lab world, as recorded, one event a line.
import { nodeEventSchema, type NodeEvent } from '../../src/model/node-event.ts';
import { recordedText } from '../observe/recorded.ts';

/** Throws for a line that is not as the schema has it. */
export const recordedEvents = (name: string): NodeEvent[] =>
  recordedText(name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => nodeEventSchema.parse(JSON.parse(line)));

// Faults as commands with their times, for --dry-run and for the run's log of what was done to the world.
import { formatDuration } from '../../model/duration.ts';
import type { FaultAction, FaultSpec } from '../../model/fault.ts';
import { shellCommand } from '../world/plan-commands.ts';
import { everyText } from '../world/repeat.ts';

/** One action as a command line; a program is called by its name, for its process has no number yet. */
export function describeAction(action: FaultAction): string {
  switch (action.do) {
    case 'signal':
      return `kill -${action.signal.slice('SIG'.length)} ${action.program}`;
    case 'start':
      return `start ${action.program}`;
    default:
      return shellCommand(action);
  }
}

/** A fault's times, then its commands, each step headed by its time after the beginning. Ends with a newline. */
export function faultScript(fault: FaultSpec, speed: number): string {
  const time = (milliseconds: number) => formatDuration(milliseconds / speed);
  const lines = [
    `# ${fault.about}: ${time(fault.firstMs)} after the clients' start, then ${everyText(fault, speed)}`,
  ];
  for (const { afterMs, actions } of fault.steps) {
    if (afterMs > 0) lines.push(`# ${time(afterMs)} after its beginning`);
    lines.push(...actions.map(describeAction));
  }
  return `${lines.join('\n')}\n`;
}

// The programs that write a node's rules and routes: whether one of them came or went just then. It is named beside whatever was the cause;
// by itself it is none.
import { asEvidence, seenIf, type Look } from './fact.ts';

/** One started, or ended, on a node that carried the connection, while it was lost. Nobody knows of those that were not looked for. */
export const agentRestarted: Look = ({ agentChanges }) =>
  seenIf(agentChanges.length > 0, ...agentChanges.slice(0, 3).map(asEvidence));

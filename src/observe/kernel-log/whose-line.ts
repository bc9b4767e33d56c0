// Whose a line of the kernel's log is: there is one log, and several nodes, or private namespaces, may share the machine.
import { readlinkSync } from 'node:fs';
import { listeningPorts } from '../listening-ports.ts';
import type { PodFinder } from '../pod-namespaces.ts';
import { isWholeMachine } from '../whole-machine.ts';
import type { KnownLine } from './known-lines.ts';

/** The scope of a line that is this node's or another's. */
const somebodys = '';

interface Whose {
  /** Whether the node is the whole machine, so that what names no namespace is its own. */
  readonly isMachine: boolean;
  /**
   * The node's name, or the address of one of its pods; undefined where it is another's, or nobody can tell, and `somebodys` of a kill
   * for memory.
   */
  scopeOf(line: KnownLine): string | undefined;
}

export function whoseLines(
  node: { readonly name: string; readonly proc: string },
  pods: Pick<PodFinder, 'find'>,
): Whose {
  const isMachine = isWholeMachine(node.proc);
  const scopes = () => [node, ...pods.find().map(({ address, proc }) => ({ name: address, proc }))];
  return {
    isMachine,
    scopeOf({ namespace, port, kind }) {
      if (namespace !== undefined)
        return scopes().find(({ proc }) => linkOf(`${proc}/ns/net`) === `net:[${namespace}]`)?.name;
      // There is one log: that nobody was killed at a time is true of each node that shares the machine.
      if (!isMachine) return kind === 'oom-kill' ? somebodys : undefined;
      if (kind !== 'syn-flood' || port === undefined) return node.name;
      const listening = scopes().filter(({ proc }) => listensOn(proc, port));
      // Of several it is the node that is known.
      return listening.length > 1 ? node.name : listening[0]?.name;
    },
  };
}

function listensOn(proc: string, port: number): boolean {
  try {
    return listeningPorts(proc).has(port);
  } catch {
    return false;
  }
}

function linkOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

// Listening sockets by their address in the kernel: a listener that answers without an address is known by nothing else.
import { readListening } from '../listening-ports.ts';

/** Whether the namespace of the process at `proc` has that socket, as the trace prints it, as a listener on that port. */
export const listensIn = (proc: string, socket: string, port: number): boolean =>
  tables(proc).some((text) => isListener(text, socket, port));

/** In the text of /proc/net/tcp or tcp6. */
export function isListener(text: string, socket: string, port: number): boolean {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return text.split('\n').some((line) => {
    const columns = line.trim().split(/\s+/);
    return columns[1]?.endsWith(`:${hexPort}`) === true && columns[3] === listening && columns[11] === socket;
  });
}

/** Where kernel.kptr_restrict is set the kernel prints other numbers there than in the trace, or none. */
export const hidesSockets = (proc: string): boolean => tables(proc).some(hasOtherNumbers);

/** In a trace these are numbers of 32 bits, made of the real ones, which have a bit set above. */
export const hasOtherNumbers = (text: string): boolean =>
  text.split('\n').some((line) => {
    const columns = line.trim().split(/\s+/);
    const socket = columns[3] === listening ? columns[11] : undefined;
    return socket !== undefined && !/^0{8}(?!0{8})[0-9a-f]{8}$/.test(socket);
  });

/** As include/net/tcp_states.h numbers it. */
const listening = '0A';

function tables(proc: string): string[] {
  return ['tcp', 'tcp6'].flatMap((table) => {
    try {
      return [readListening(`${proc}/net/${table}`)];
    } catch {
      return [];
    }
  });
}

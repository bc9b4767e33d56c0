// How many connections a listener holds, in all and of one address. Those beyond are not turned away unheard, since one of them may be
// the kubelet's: they may ask for the part's health, and nothing else, and that soon.
import type { Socket } from 'node:net';

export interface GateLimits {
  readonly connections: number;
  /** Of these, from one address. */
  readonly connectionsPerAddress: number;
}

/** Which limit a connection was beyond. */
export type BeyondLimit = 'connections' | 'connections-per-address';

export interface ConnectionGate {
  /** Takes a connection that was accepted. */
  accepted(socket: Socket): void;
  /** It is beyond a limit. */
  isBeyond(socket: Socket): boolean;
}

/** So many are held beyond the limits, and of one address; then the oldest of them goes. */
const mostBeyond = 64;
const mostBeyondPerAddress = 8;
/** A kubelet's question comes with its connection. */
const beyondMs = 2_000;

export function createConnectionGate(
  limits: GateLimits,
  onBeyond: (limit: BeyondLimit) => void,
): ConnectionGate {
  const byAddress = new Map<string, number>();
  /** Oldest first, with their addresses. */
  const beyond = new Map<Socket, string>();
  let open = 0;

  function hold(socket: Socket, address: string, here: number): void {
    open += 1;
    byAddress.set(address, here + 1);
    socket.once('close', () => {
      open -= 1;
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left === 0) byAddress.delete(address);
      else byAddress.set(address, left);
    });
  }

  function holdBeyond(socket: Socket, address: string): void {
    const own = [...beyond].filter(([, other]) => other === address).map(([one]) => one);
    const oldest = own.length >= mostBeyondPerAddress ? own[0] : beyond.keys().next().value;
    if (own.length >= mostBeyondPerAddress || beyond.size >= mostBeyond) end(oldest);
    beyond.set(socket, address);
    const timer = setTimeout(() => end(socket), beyondMs);
    socket.once('close', () => {
      clearTimeout(timer);
      beyond.delete(socket);
    });
  }

  function end(socket: Socket | undefined): void {
    if (socket === undefined) return;
    // At once: it closes a moment later.
    beyond.delete(socket);
    socket.destroy();
  }

  return {
    accepted(socket) {
      const address = socket.remoteAddress ?? '';
      const here = byAddress.get(address) ?? 0;
      if (open < limits.connections && here < limits.connectionsPerAddress) {
        hold(socket, address, here);
        return;
      }
      onBeyond(open < limits.connections ? 'connections-per-address' : 'connections');
      holdBeyond(socket, address);
    },
    isBeyond: (socket) => beyond.has(socket),
  };
}

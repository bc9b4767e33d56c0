// Requests that a client sends without waiting for answers (pipelining): the next one is looked at when the answer before it has left,
// so that nobody has many answers made and then does not take them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
type Exchange = readonly [request: IncomingMessage, response: ServerResponse];

/** @param mostWaiting A connection with more requests waiting is closed: none of our clients sends a second one early. */
export function oneAtATime(handle: Handler, mostWaiting: number): Handler {
  /** By connection that has a request under way: those behind it. */
  const lanes = new WeakMap<Socket, Exchange[]>();

  function begin(socket: Socket, [request, response]: Exchange): void {
    // Comes when the kernel has taken the answer's last byte, or the connection is over.
    response.once('close', () => follow(socket));
    handle(request, response);
  }

  function follow(socket: Socket): void {
    const next = lanes.get(socket)?.shift();
    if (next === undefined || socket.destroyed) lanes.delete(socket);
    else begin(socket, next);
  }

  return (request, response) => {
    const { socket } = request;
    // What was read with the bytes that had it closed.
    if (socket.destroyed) return;
    const waiting = lanes.get(socket);
    if (waiting === undefined) {
      lanes.set(socket, []);
      begin(socket, [request, response]);
    } else if (waiting.length < mostWaiting) waiting.push([request, response]);
    else socket.destroy();
  };
}

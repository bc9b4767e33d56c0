// What the ends of a lost connection are called in a line: the Service or pod where one is known, else the address, with its process.
import { formatEndpoint } from '../model/endpoint.ts';
import type { WatchEnd, WatchLoss } from '../model/watch-record.ts';

/** Without its port, which is another one with each connection: `shop/checkout-7d9f`, `10.44.0.33 (curl)`. */
export function clientName({ client }: WatchLoss['ends']): string {
  return client === null ? 'an unknown client' : named(client, client.address);
}

/** With the port that tells its connection from others, where the name is not a pod's. */
export function clientInFull({ client }: WatchLoss['ends']): string {
  return client === null ? 'an unknown client' : named(client, addressOf(client));
}

/** `shop/redis:6379 (shop/redis-0)`: what was dialled, and where that led where it is another. */
export function serverName({ server, backend }: WatchLoss['ends']): string {
  const port = server.port === null ? '' : `:${server.port}`;
  const title = server.service ?? server.pod;
  if (backend !== null && (title === null || server.service !== null)) {
    const dialled = title === null ? addressOf(server) : `${title}${port}`;
    return `${dialled} (${backend.pod ?? addressOf(backend)})`;
  }
  return title === null ? named(server, addressOf(server)) : `${title}${port}`;
}

function named({ pod, process }: WatchEnd, address: string): string {
  if (pod !== null) return pod;
  const command = process?.command ?? null;
  return command === null ? address : `${address} (${command})`;
}

const addressOf = ({ address, port }: WatchEnd): string =>
  port === null ? address : formatEndpoint({ address, port });

// Whose requests the live page answers: those of the page itself and of whoever was given its address, no other page's in the same browser.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface OwnRequests {
  /** `/SECRET/`: who does not know it cannot ask for anything below. */
  readonly root: string;
  /** Why the request is none of ours; undefined when it is. */
  foreign(request: IncomingMessage): string | undefined;
}

/** @param port Of 127.0.0.1, where the page is served. */
export function createOwnRequests(port: number): OwnRequests {
  const root = `/${randomBytes(16).toString('base64url')}/`;
  // A page elsewhere whose name was made to lead to 127.0.0.1 (DNS rebinding) still says its own name here.
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const origins = hosts.map((host) => `http://${host}`);
  return {
    root,
    foreign({ headers, url = '' }) {
      if (!hosts.includes(headers.host ?? '')) return 'This page is for 127.0.0.1 alone.';
      const { origin, 'sec-fetch-site': site } = headers;
      // Browsers say where a request comes from: `none` is an address that was typed or opened from outside. A page at another port of
      // this machine is `same-site`.
      const fromElsewhere =
        (origin !== undefined && !origins.includes(origin)) ||
        (site !== undefined && site !== 'same-origin' && site !== 'none');
      if (fromElsewhere) return 'Another page asks for this one; open its address yourself.';
      if (!beginsWith(url, root)) return 'Open the whole address that was printed when the run began.';
      return undefined;
    },
  };
}

function beginsWith(text: string, secret: string): boolean {
  const [given, wanted] = [Buffer.from(text.slice(0, secret.length)), Buffer.from(secret)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

// The open pages: each gets the whole state once and then what changed; one that reads slowly is given less, never a backlog.
import type { ServerResponse } from 'node:http';

/**
 * The page's parts, by the id of the element that each is the inside of: HTML, or of a list the ids of the elements in it, in their
 * order. What is inside of another comes after it.
 */
export type Parts = Readonly<Record<string, string | readonly string[]>>;

export interface Subscribers {
  /** Takes an open page. Where there are too many, the one that does not read, or else the oldest, gives its place up. */
  add(response: ServerResponse): void;
  publish(parts: Parts): void;
  /** Sends the last state and ends every stream; those that have not read it after `longestMs` are cut off. */
  end(parts: Parts, longestMs: number): Promise<void>;
}

const mostPages = 16;

interface Page {
  readonly response: ServerResponse;
  /** What it has been sent. */
  known: Parts;
}

export function createSubscribers(): Subscribers {
  const pages = new Set<Page>();
  let latest: Parts = {};

  /** What is no more in the latest state is forgotten with it, by the page too, and is sent again when it comes back. */
  const newsFor = ({ known }: Page): Parts =>
    Object.fromEntries(Object.entries(latest).filter(([id, part]) => !isSame(known[id], part)));

  function bring(page: Page): void {
    // One that was replaced may still be read to its end.
    if (!pages.has(page) || page.response.writableNeedDrain) return;
    const news = newsFor(page);
    if (Object.keys(news).length === 0) return;
    page.known = latest;
    page.response.write(message('parts', news));
  }

  function makeRoom(): void {
    const [oldest] = pages;
    const page = [...pages].find(({ response }) => response.writableNeedDrain) ?? oldest;
    if (page === undefined) return;
    pages.delete(page);
    // One that does not read would not hear the word either.
    if (page.response.writableNeedDrain) page.response.destroy();
    else page.response.end(message('replaced', {}));
  }

  return {
    add(response) {
      if (pages.size >= mostPages) makeRoom();
      const page: Page = { response, known: {} };
      pages.add(page);
      response.on('close', () => pages.delete(page));
      response.on('drain', () => bring(page));
      response.on('error', () => pages.delete(page));
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      // Tells the page at once that it is connected.
      response.write('retry: 1000\n\n');
      bring(page);
    },
    publish(parts) {
      latest = parts;
      for (const page of pages) bring(page);
    },
    async end(parts, longestMs) {
      latest = parts;
      const ends = [...pages].map((page) => {
        const news = newsFor(page);
        return new Promise<void>((resolve) => {
          page.response.on('close', resolve);
          page.response.end(`${message('parts', news)}${message('end', {})}`, resolve);
        });
      });
      await Promise.race([Promise.all(ends), deadline(longestMs)]);
    },
  };
}

function isSame(known: Parts[string] | undefined, part: Parts[string]): boolean {
  if (known === undefined || typeof known === 'string' || typeof part === 'string') return known === part;
  return known.length === part.length && known.every((id, index) => id === part[index]);
}

/** JSON has no line breaks outside its strings, and in them they are escaped, so it is one line of the stream. */
function message(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function deadline(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

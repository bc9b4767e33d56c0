// A list of the API, taken apart as its bytes come: each item is parsed alone and let go, so that a page of megabytes is never held.

/** Takes the bytes of a JSON object with an array `items`. */
export interface ItemSplitter {
  /** Throws a RangeError when an item, or what stands around the items, is too long, and a SyntaxError for what is no JSON. */
  push(chunk: Buffer): void;
  /** The object without its items; throws a SyntaxError when it broke off. */
  end(): unknown;
}

export interface ItemLimits {
  readonly itemBytes: number;
  /** Of all that is no item. */
  readonly frameBytes: number;
}

const [quote, backslash] = [0x22, 0x5c];
const [open, close, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d];
const beginsItems = /"items"\s*:\s*$/;

/** @param onItem Each of `items`, parsed. */
export function createItemSplitter(limits: ItemLimits, onItem: (item: unknown) => void): ItemSplitter {
  const frame = gather(limits.frameBytes, 'what stands around the items');
  const item = gather(limits.itemBytes, 'an item');
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** The depth within the array `items`; 0 outside. */
  let itemsDepth = 0;

  function push(chunk: Buffer): void {
    // Where the part begins that is not yet gathered.
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inString = false;
      } else if (byte === quote) inString = true;
      else if (byte === open || byte === openArray) {
        // Commas and blanks between items are let go.
        if (itemsDepth > 0 && depth === itemsDepth) from = at;
        depth += 1;
        if (byte === openArray && depth === 2) {
          frame.add(chunk.subarray(from, at));
          if (beginsItems.test(frame.text())) itemsDepth = depth;
          frame.add(chunk.subarray(at, at + 1));
          from = at + 1;
        }
      } else if (byte === close || byte === closeArray) {
        depth -= 1;
        if (itemsDepth > 0 && depth === itemsDepth) {
          item.add(chunk.subarray(from, at + 1));
          onItem(JSON.parse(item.take()));
        } else if (depth < itemsDepth) {
          itemsDepth = 0;
          from = at;
        }
      }
    }
    if (itemsDepth === 0) frame.add(chunk.subarray(from));
    else if (depth > itemsDepth) item.add(chunk.subarray(from));
  }

  return { push, end: () => JSON.parse(frame.take()) as unknown };
}

interface Gathered {
  add(part: Buffer): void;
  /** So far; not for what can be long. */
  text(): string;
  /** All of it, and begins anew. */
  take(): string;
}

/** Characters of several bytes may be cut anywhere, so text is made of the whole alone. */
function gather(most: number, what: string): Gathered {
  let parts: Buffer[] = [];
  let length = 0;
  const text = () => (parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)).toString('utf8');
  return {
    add(part) {
      if (part.length === 0) return;
      length += part.length;
      if (length > most) throw new RangeError(`${what} is longer than ${most} bytes`);
      parts.push(part);
    },
    text,
    take() {
      const whole = text();
      parts = [];
      length = 0;
      return whole;
    },
  };
}

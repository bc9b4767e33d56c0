// What a request asks for. The one place that reads request targets: whoever connects writes them, and a URL parser throws at some.

/**
 * The target of a request line, as a path of ours or as a whole URL, which a server has to take (RFC 9112, 3.2.2). Undefined for all
 * others: `*`, what has an empty host, what no URL parser takes, and bytes that belong into no target.
 */
export function readTarget(text: string): URL | undefined {
  if (/[^\x21-\x7e]/.test(text)) return undefined;
  // With two slashes it would be a host for some readers and a path for others.
  if (/^\/(?![/\\])/.test(text)) return parse(`http://mesh${text}`);
  return /^https?:\/\/[^/]/i.test(text) ? parse(text) : undefined;
}

const parse = (text: string) => (URL.canParse(text) ? new URL(text) : undefined);

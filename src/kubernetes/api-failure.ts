// How a request to the Kubernetes API fails: a status and a sentence, whoever said it.

/** A request that the API did not answer as it should. `status` is 0 when there was no answer. */
export class ApiFailure extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ApiFailure';
    this.status = status;
  }
}

/** Characters. */
const longestWords = 300;

/** What OpenSSL and Node.js call a certificate that does not fit. */
const untrusted =
  /^(?:SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|CERT_|CRL_|INVALID_CA|PATH_LENGTH|ERR_TLS_CERT|HOSTNAME_MISMATCH)/;

/**
 * What the network, or TLS, did becomes an ApiFailure; any other error stays what it is.
 * @param trusted What vouches for the server's certificate, in words.
 */
export function failureOf(error: unknown, trusted: string): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof ApiFailure || !('code' in error)) return error;
  const code = String(error.code);
  // Where several addresses were tried in vain there is only a code.
  const said = error.message || code;
  const message = untrusted.test(code)
    ? `its certificate is not one that ${trusted} vouches for: ${said}`
    : said === 'aborted'
      ? 'the connection broke off'
      : said;
  return new ApiFailure(0, message, { cause: error });
}

/** The message of a Kubernetes Status; a proxy between answers with a page, or with a line of text. */
export function statusFailure(status: number, body: string): ApiFailure {
  return new ApiFailure(status, messageIn(body) || `status ${status}`);
}

function messageIn(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) {
      return saidBriefly(parsed.message);
    }
    return '';
  } catch {
    const line = body.trim().split('\n')[0] ?? '';
    return line.startsWith('<') ? '' : saidBriefly(line);
  }
}

/** What the API said of itself, for a sentence: it is logged and kept, and bounded by nobody. */
export function saidBriefly(said: unknown): string {
  const words = typeof said === 'string' ? said : '';
  return words.length > longestWords ? `${words.slice(0, longestWords)}…` : words;
}

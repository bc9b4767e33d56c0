// One question to the coordinator: who asks is said by a token, the answer is read up to a bound, and a redirect is not followed.
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../model/problem.ts';
import { placeHeader, staleHeader } from '../coordinator-headers.ts';
import { Refusal } from './refusal.ts';

export interface Answer {
  readonly status: number;
  /** Empty where a status other than 200 came with more than a few sentences. */
  readonly text: string;
  /** The coordinator hears the Kubernetes API. */
  readonly isFresh: boolean;
  /** The node that it says it is on. */
  readonly place: string | null;
}

interface Question {
  /** From the root on. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Bytes of a good answer. */
  readonly mostBytes: number;
  /** Without the token: any answer will do. */
  readonly isAnonymous?: boolean;
}

/** Rejects with a Refusal for a redirect or an answer that is too large, and with any error when there is no answer. */
export type Ask = (question: Question) => Promise<Answer>;

/** Of an answer that is no good one; it only says why. */
const mostReasonBytes = 4_096;

/**
 * @param coordinator `http://HOST:PORT`
 * @param tokenFile Read with every question: the kubelet replaces a token long before it expires. Undefined: no token is sent.
 */
export function createAsk(coordinator: string, tokenFile: string | undefined): Ask {
  return async ({ path, headers, signal, mostBytes, isAnonymous }) => {
    const response = await fetch(`${coordinator}${path}`, {
      // Asked for plain, so that the bound is one on what comes over the wire, too.
      headers: {
        'accept-encoding': 'identity',
        ...headers,
        ...(await authorization(isAnonymous === true ? undefined : tokenFile)),
      },
      redirect: 'manual',
      signal,
    });
    const { status } = response;
    if (response.type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304)) {
      await response.body?.cancel();
      throw new Refusal('redirect', `it answers with a redirect (${status}), which is not followed`);
    }
    const text = await bodyWithin(response, status === 200 ? mostBytes : mostReasonBytes);
    if (text === undefined && status === 200)
      throw new Refusal('too-large', `its answer is larger than ${mostBytes} bytes`);
    return {
      status,
      text: text ?? '',
      isFresh: response.headers.get(staleHeader) === null,
      place: response.headers.get(placeHeader),
    };
  };
}

async function authorization(file: string | undefined): Promise<Readonly<Record<string, string>>> {
  if (file === undefined) return {};
  const token = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`the token of --token-file cannot be read: ${messageOf(error)}`, { cause: error });
  });
  // What RFC 6750 allows; anything else would be thrown back with the token in the message.
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(token.trim())) throw new Error(`--token-file ${file} holds no token`);
  return { authorization: `Bearer ${token.trim()}` };
}

/** Undefined when it is longer; what is left of it is not read. */
async function bodyWithin({ headers, body }: Response, mostBytes: number): Promise<string | undefined> {
  if (body === null) return '';
  if (Number(headers.get('content-length')) > mostBytes) {
    await body.cancel();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop ends the answer's connection.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

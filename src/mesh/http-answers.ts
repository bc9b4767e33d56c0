// Answers of the mesh's HTTP listeners, each whole and with its length.
import type { ServerResponse } from 'node:http';

/** One sentence in plain text. */
export function sendText(response: ServerResponse, status: number, sentence: string): void {
  sendBytes(response, status, 'text/plain; charset=utf-8', Buffer.from(`${sentence}\n`));
}

export function sendJson(response: ServerResponse, value: unknown): void {
  sendBytes(response, 200, jsonType, Buffer.from(JSON.stringify(value)));
}

export const jsonType = 'application/json';

/** The bytes are not copied: many clients may be sent the same. */
export function sendBytes(response: ServerResponse, status: number, contentType: string, body: Buffer): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': body.length });
  response.end(body);
}

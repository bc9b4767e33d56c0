// Attacks on anything that speaks HTTP: what cannot be parsed, what never ends, and readers who do not read.
import { randomBytes } from 'node:crypto';
import type { Attack } from './attack-group.ts';
import type { HttpTarget } from './programs.ts';
import { answerOn, pour, send, untilStill, within, type Scene } from './scene.ts';

type HttpAttack = Attack<HttpTarget>;

const kib = (count: number) => 'x'.repeat(count * 1_024);

/** A request without its last empty line. */
const head = ({ host }: HttpTarget, first: string, ...headers: string[]) =>
  [first, `Host: ${host}`, ...headers].map((line) => `${line}\r\n`).join('');

const get = (target: HttpTarget, path = target.paths[0] ?? '/') =>
  `${head(target, `GET ${path} HTTP/1.1`)}\r\n`;

/** Sends it on a connection of its own and waits for what comes of it. */
function says(name: string, text: (target: HttpTarget) => string | Uint8Array): HttpAttack {
  return {
    name,
    async attack(target, scene) {
      const socket = await scene.dial(target.http);
      const data = text(target);
      // Strings go out byte by byte: a request target is no UTF-8.
      await send(socket, typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
      await answerOn(socket);
    },
  };
}

const asksFor = (what: string, requestTarget: string) =>
  says(`a request for ${what}`, (target) => `${head(target, `GET ${requestTarget} HTTP/1.1`)}\r\n`);

const asksWith = (what: string, ...headers: string[]) =>
  says(`a request with ${what}`, (target) => `${head(target, 'POST /metrics HTTP/1.1', ...headers)}\r\n`);

const malformed: readonly HttpAttack[] = [
  asksFor('//', '//'),
  asksFor('//[', '//['),
  asksFor('*', '*'),
  asksFor('a port that is none', 'http://a:99999/'),
  asksFor('an unfinished bracket', 'http://[::1/metrics'),
  asksFor('brackets with nothing in them', 'http://[]:9464/'),
  asksFor('a scheme alone', 'http:'),
  asksFor('a percent sign that quotes nothing', '/v1/plan/%zz%'),
  asksFor('properties of Object', '/v1/plan/__proto__?__proto__=1&wait=constructor'),
  asksFor('a NUL byte', '/metrics\0'),
  asksFor('bytes that are no ASCII', '/\xff\xfe\x80metrics'),
  asksFor('64 KiB', `/${kib(64)}`),
  asksFor('16,000 path segments', `/${'a/'.repeat(7_900)}`),
  says('no request but a TLS handshake', () =>
    Buffer.concat([Buffer.from('16030100ff010000fb0303', 'hex'), randomBytes(244)]),
  ),
  says('no request but a megabyte of noise', () => randomBytes(2 ** 20)),
  says('no request but the preface of HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'),
  says('a version that does not exist', (target) => `${head(target, 'GET / HTTP/9.9')}\r\n`),
  says('HTTP/0.9', () => 'GET /metrics\r\n'),
  asksWith('a header of 64 KiB', `X-Long: ${kib(64)}`),
  asksWith('5,000 headers', ...Array.from({ length: 5_000 }, (_, at) => `X-${at}: ${at}`)),
  asksWith('a header that has no colon', 'X-Nothing'),
  asksWith('a negative length', 'Content-Length: -1'),
  asksWith('a length beyond all numbers', 'Content-Length: 99999999999999999999999'),
  asksWith('two lengths', 'Content-Length: 1', 'Content-Length: 2'),
  asksWith('a length and chunks', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
  asksWith('a transfer encoding that does not exist', 'Transfer-Encoding: brotli, chunked, cow'),
  asksWith('an expectation', 'Expect: 100-continue', 'Content-Length: 1'),
  asksWith('an expectation that does not exist', 'Expect: the-unexpected', 'Content-Length: 1'),
  says(
    'chunks that are none',
    (target) => `${head(target, 'POST / HTTP/1.1', 'Transfer-Encoding: chunked')}\r\nzz\r\n\r\n`,
  ),
  says(
    'a chunk larger than memory',
    (target) =>
      `${head(target, 'POST / HTTP/1.1', 'Transfer-Encoding: chunked')}\r\nFFFFFFFFFFFFFFF\r\n${kib(64)}`,
  ),
  says(
    'a chunk with an extension of a megabyte',
    (target) =>
      `${head(target, 'POST / HTTP/1.1', 'Transfer-Encoding: chunked')}\r\n1;${kib(1_024)}\r\nx\r\n0\r\n\r\n`,
  ),
  ...['BREW', 'get', 'TRACE', 'OPTIONS', 'DELETE', 'CONNECT'].map((method) =>
    says(`the method ${method}`, (target) => `${head(target, `${method} 127.0.0.1:22 HTTP/1.1`)}\r\n`),
  ),
  ...['websocket', 'h2c', 'TLS/1.0'].map((protocol) =>
    says(
      `an upgrade to ${protocol}`,
      (target) =>
        `${head(target, 'GET /metrics HTTP/1.1', 'Connection: Upgrade', `Upgrade: ${protocol}`, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==')}\r\n${kib(16)}`,
    ),
  ),
];

const piece = Buffer.alloc(65_536, 'x');
const bodyBytes = 100_000_000;

async function body(target: HttpTarget, scene: Scene, first: string, chunked: boolean): Promise<void> {
  const socket = await scene.dial(target.http);
  socket.resume();
  const how = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bodyBytes}`;
  await send(socket, `${head(target, first, how)}\r\n`);
  const one = chunked
    ? Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
    : piece;
  await pour(socket, one, bodyBytes, 5_000);
}

const endless: readonly HttpAttack[] = [
  { name: 'a POST of 100 MB', attack: (target, scene) => body(target, scene, 'POST / HTTP/1.1', false) },
  {
    name: 'a GET with a body of 100 MB in chunks',
    attack: (target, scene) => body(target, scene, `GET ${target.paths[0] ?? '/'} HTTP/1.1`, true),
  },
  {
    name: '200 peers who send their headers byte by byte',
    async attack(target, scene) {
      const sockets = await scene.dialMany(target.http, 200);
      const text = get(target);
      for (let at = 0; at < 30; at++) {
        await Promise.all(sockets.map((socket) => send(socket, text.charAt(at))));
        await within(50, () => false);
      }
    },
  },
  {
    name: '1,000 peers who close their half in the middle of a request',
    async attack(target, scene) {
      for (const socket of await scene.dialMany(target.http, 1_000)) socket.end('GET /metrics HT');
    },
  },
  {
    name: '3,000 connections that say nothing',
    attack: (target, scene) => scene.dialMany(target.http, 3_000),
  },
  {
    name: '3,000 connections, each reset as soon as it is made',
    async attack(target, scene) {
      for (let round = 0; round < 15; round++) {
        for (const socket of await scene.dialMany(target.http, 200)) socket.resetAndDestroy();
      }
    },
  },
];

/** Reads nothing: what is bigger than the kernel's buffers stays with the program. */
const nonReaders: readonly HttpAttack[] = [
  {
    name: '300 readers of each of its largest answers who do not read',
    async attack(target, scene) {
      for (const path of target.paths) {
        const sockets = await scene.dialMany(target.http, 300);
        await Promise.all(sockets.map((socket) => send(socket, get(target, path))));
        await within(5_000, () => sockets.every((socket) => socket.bytesRead > 0 || socket.destroyed));
        await untilStill(sockets);
      }
    },
  },
  {
    name: '300 readers of its largest answers who reset when it comes',
    async attack(target, scene) {
      const sockets = await scene.dialMany(target.http, 300);
      for (const socket of sockets) socket.once('data', () => socket.resetAndDestroy());
      await Promise.all(sockets.map((socket) => send(socket, get(target))));
      await within(6_000, () => sockets.every((socket) => socket.destroyed));
    },
  },
  {
    name: '10,000 requests on one connection, whose answers nobody reads',
    async attack(target, scene) {
      for (const path of target.paths) {
        const socket = await scene.dial(target.http);
        await send(socket, get(target, path).repeat(10_000), 3_000);
        await untilStill([socket]);
      }
    },
  },
  {
    name: 'half a thousand peers with 50 requests each, whose answers nobody reads',
    async attack(target, scene) {
      const sockets = await scene.dialMany(target.http, 500);
      await Promise.all(sockets.map((socket) => send(socket, get(target).repeat(50))));
      await within(6_000, () => sockets.every((socket) => socket.bytesRead > 0 || socket.destroyed));
      await untilStill(sockets);
    },
  },
];

export const httpAttacks: readonly HttpAttack[] = [...malformed, ...endless, ...nonReaders];

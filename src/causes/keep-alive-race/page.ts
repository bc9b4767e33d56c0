// The server closed a connection because nothing was asked on it, and a question was on its way.
import type { WrittenPage } from '../define-cause.ts';

export const page = {
  id: 'keep-alive-race',
  title: 'the server closed an idle connection while a request was on its way',
  scenario: 'keep-alive-race',
  symptom: {
    client:
      'Now and then one request on a kept connection fails at once with EOF ("upstream prematurely closed connection", "socket ' +
      'hang up", 502), sooner than one round trip after it was sent. A new connection works.',
    server: 'Nothing, or that it closed an idle connection. It never saw the request.',
    nodes:
      'A FIN of the server always as long after the last answer; the request, which that FIN does not acknowledge; a RST in return.',
  },
  symptoms: [
    'sporadic 502 or 503, socket hang up or EOF on a reused keep-alive connection, a retry works: upstream prematurely closed the connection',
    'a pooled http connection fails just as the idle timeout (keepAliveTimeout) of the server fires',
  ],
  author: {
    who: ['server-application'],
    text:
      "The server's application, by its idle timeout. The RST that follows is its kernel's: the request met a socket that was " +
      'closed already.',
  },
  mechanism: [
    {
      text:
        'A server closes a kept connection on which nothing was asked for its idle timeout. A client that takes the connection from ' +
        'its pool at that moment sends a request while the FIN is on its way to it: each of the two has done nothing wrong.',
      basis: ['source', 'measured'],
    },
    {
      text:
        'The request comes to a socket that is closed, so the kernel answers with RST (TCPAbortOnData counts it). The client has ' +
        'the FIN before the RST: it reads EOF, and some libraries call that ECONNRESET.',
      basis: ['measured'],
    },
    {
      text:
        'It needs a client whose pool keeps connections for as long as the server does, or longer. The chance of one request is the ' +
        "way's round trip over the time between two requests: rare, and never gone.",
      basis: ['inferred'],
    },
    {
      text:
        'The server, or whoever has the address that the client dialled: a proxy before it closes idle connections, too, by a ' +
        'timeout of its own.',
      basis: ['measured'],
    },
  ],
  drawing: [
    'client  | asks            | asks again        reads EOF',
    '        |   \\             |          \\   ^',
    'the way |    \\            |           \\ /    they cross',
    '        |     \\           |            X',
    'server  | answers         |  FIN ----/  \\-> no socket: RST',
    '        |<- idle timeout of the server ->|',
  ],
  howToConfirm: [
    {
      where: "the server's node",
      run: "tcpdump -nn -S -l -i any \\\n  'port PORT and (tcp[tcpflags] & (tcp-fin|tcp-rst) != 0 or greater 80)'",
      whenItIs:
        "The server's [F.] has an ack that is the first number of the request behind it (seq FIRST:LAST), and the RST goes to the " +
        'client. From the last answer to the [F.] it is always the same time.',
      whenNot:
        'The ack is beyond the request: the server had it, and closed without an answer. Other times each time: no timer.',
    },
    {
      where: "the server's pod",
      run: 'nstat -asz TcpExtTCPAbortOnData TcpExtTCPAbortOnClose',
      whenItIs: 'TCPAbortOnData rises by one for each failure; TCPAbortOnClose stands still.',
      whenNot: 'TCPAbortOnClose rises: the server closed with the request unread.',
    },
    {
      where: "the client's pod",
      run: 'ss -tnoi dst SERVICE_IP',
      whenItIs:
        "lastrcv, in milliseconds, comes up to the server's timeout on connections that are kept: the client does not close them before.",
      whenNot: 'It stays well below.',
    },
    {
      where: 'anywhere with kubectl',
      run: 'kubectl -n NAMESPACE get pod POD -o wide',
      whenItIs: 'The pod is ready, has not restarted, and takes new connections.',
      whenNot: 'It restarted at that time: see server-process-died.',
    },
  ],
  lookAlikes: [
    {
      cause: 'server-process-died',
      tellApart: 'All connections at one time, whatever they were idle for, and nobody listens afterwards.',
    },
    {
      cause: 'server-aborted',
      tellApart: 'A RST with ACK and no FIN before it: the request had come, and was closed with it unread.',
    },
    {
      cause: 'probe-stalled',
      tellApart: "The client's process did not run: its kernel had the FIN long before the request was sent.",
    },
  ],
  fixes: [
    {
      name: 'client-idle-limit',
      whatToDo:
        'Let the client give up idle connections before the server does: nginx upstream keepalive_timeout, Envoy idle_timeout of the ' +
        'cluster, Go http.Transport.IdleConnTimeout, the timeout of a Node.js http.Agent.',
      sideEffects: 'More connections are made.',
      proven: 'lab',
    },
    {
      name: 'longer-idle-timeout',
      whatToDo:
        'Let the server wait longer than any client or load balancer before it: server.keepAliveTimeout of Node.js above the load ' +
        "balancer's (60 s with AWS ALB), nginx keepalive_timeout, Go http.Server.IdleTimeout.",
      sideEffects: 'Idle connections hold their sockets for longer.',
      proven: 'lab',
    },
    {
      name: 'retry',
      whatToDo:
        'Let the client ask again, on a new connection, what may be asked twice: nginx proxy_next_upstream does that for GET, and ' +
        'not for POST; Envoy with retry_on: reset-before-request.',
      sideEffects: 'Only what is idempotent may be sent twice.',
      proven: 'inferred',
    },
  ],
  sources: [
    {
      title: 'Node.js: ECONNRESET by keepAliveTimeout behind a load balancer',
      where: 'https://github.com/nodejs/node/issues/27363',
    },
    {
      title: 'Node.js: keep-alive connections closed as a request arrives',
      where: 'https://github.com/nodejs/node/issues/17749',
    },
    {
      title: 'ingress-nginx: upstream prematurely closed connection',
      where: 'https://github.com/kubernetes/ingress-nginx/issues/11244',
    },
    {
      title: 'ingress-nginx: keep-alive of upstreams and 502',
      where: 'https://github.com/kubernetes/ingress-nginx/issues/3099',
    },
    {
      title: "nginx: keepalive_timeout of an upstream's idle connections",
      where: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive_timeout',
    },
    {
      title: 'Envoy: an upstream that closes idle connections as a request is sent; reset-before-request',
      where: 'https://github.com/envoyproxy/envoy/issues/10007',
    },
    {
      title: 'Envoy: idle_timeout of HTTP connections',
      where: 'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts',
    },
    {
      title: 'Go: Transport.IdleConnTimeout, Server.IdleTimeout',
      where: 'https://pkg.go.dev/net/http',
    },
    {
      title: 'HTTP: a client must expect a close at any time (RFC 9112, 9.5)',
      where: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.5',
    },
  ],
} as const satisfies WrittenPage;

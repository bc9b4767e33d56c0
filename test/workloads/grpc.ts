// A gRPC server that answers what it is asked, and clients that ask at a pace, each over a connection of its own.
//   node test/workloads/grpc.ts server PORT MAX_AGE_MS
//   node test/workloads/grpc.ts clients HOST PORT CONNECTIONS PERIOD_MS TIMEOUT_MS
import { Client, credentials, Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';

const same = (value: Buffer) => value;
const path = '/lab.Echo/Ask';
const service: ServiceDefinition = {
  ask: {
    ...{ path, requestStream: false, responseStream: false },
    ...{ requestSerialize: same, requestDeserialize: same },
    ...{ responseSerialize: same, responseDeserialize: same },
  },
};

function serve(port: number, maxAgeMs: number): void {
  const age = maxAgeMs === 0 ? {} : { 'grpc.max_connection_age_ms': maxAgeMs };
  const server = new Server(age);
  server.addService(service, {
    ask(call: { request: Buffer }, answer: (error: null, value: Buffer) => void) {
      answer(null, call.request);
    },
  });
  server.bindAsync(`[::]:${port}`, ServerCredentials.createInsecure(), (error) => {
    if (error !== null) throw error;
  });
  process.once('SIGTERM', () => server.tryShutdown(() => process.exit(0)));
}

function ask(target: string, periodMs: number, timeoutMs: number): void {
  // Else all clients of one process share a connection.
  const client = new Client(target, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 500,
  });
  const question = Buffer.from('a question of the lab');
  const next = () => {
    const deadline = Date.now() + timeoutMs;
    client.makeUnaryRequest(path, same, same, question, { deadline }, (error) => {
      // What is lost is seen on the wire; here it is only noted, and asked again.
      if (error !== null) process.stderr.write(`${error.message}\n`);
      setTimeout(next, periodMs);
    });
  };
  next();
}

const [what, ...words] = process.argv.slice(2);
if (what === 'server') {
  const [port = 0, maxAgeMs = 0] = words.map(Number);
  serve(port, maxAgeMs);
} else {
  const [host = '', ...numbers] = words;
  const [port = 0, connections = 0, periodMs = 0, timeoutMs = 0] = numbers.map(Number);
  const target = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  for (let index = 0; index < connections; index++) ask(target, periodMs, timeoutMs);
}

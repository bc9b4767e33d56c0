// Why a server cannot listen, as one sentence that says what to do about it.
import { formatEndpoint, type Endpoint } from '../model/endpoint.ts';
import { messageOf, Problem } from '../model/problem.ts';

/** @param error What net.Server gave; @param wanted The address (empty for all) and port that were asked for. */
export function listenProblem(error: unknown, wanted: Endpoint): Problem {
  const { address, port } = wanted;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new Problem(
        'missing',
        `Port ${port} is taken; see by whom with: ss -ltnp 'sport = :${port}', and end that program or choose another port with --port.`,
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
      return new Problem(
        'missing',
        `This user may not listen on port ${port}; choose one from 1024 up with --port, or run as root.`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
    case 'EAFNOSUPPORT':
      return new Problem(
        'usage',
        `"${address}" is not an address of this machine; give --host one that "ip address" shows, or leave it out to listen on all.`,
        { cause: error },
      );
    default:
      return new Problem(
        'fault',
        `Cannot listen on ${formatEndpoint({ address: address === '' ? '*' : address, port })}: ${messageOf(error)}.`,
        { cause: error },
      );
  }
}

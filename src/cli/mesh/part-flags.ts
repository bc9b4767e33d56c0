// Flags that the mesh's parts share; what a pod knows by itself comes from its environment.
import { Option } from 'commander';
import { parseEndpoint, type Endpoint } from '../../model/endpoint.ts';
import { Problem } from '../../model/problem.ts';
import { filled } from '../probe-flags.ts';

/** Where metrics and health are served. */
export function listenOption(defaultText: string): Option {
  const parse = listenAddress('--listen');
  return new Option('--listen <address>', 'serve /metrics, /healthz and /readyz there: :9464, 10.0.0.7:9464')
    .argParser(parse)
    .default(parse(defaultText), defaultText);
}

/** `[ADDRESS]:PORT`; without an address, all. */
export function listenAddress(flag: string): (text: string) => Endpoint {
  return (text) => {
    const endpoint = /^:[0-9]+$/.test(text) ? parseEndpoint(`0.0.0.0${text}`) : parseEndpoint(text);
    if (endpoint === undefined) {
      throw new Problem('usage', `${flag}: "${text}" is no address; write it like :9464 or 10.0.0.7:9464.`);
    }
    return text.startsWith(':') ? { ...endpoint, address: '' } : endpoint;
  };
}

/** The name of the node that this part is on. */
export function nodeOption(): Option {
  return new Option('--node <name>', 'the node that this is on, as "kubectl get nodes" names it')
    .env('NETDEBUG_NODE')
    .argParser(nodeName);
}

/** What Kubernetes allows as a node's name. */
export function nodeName(text: string): string {
  if (/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(text)) return text;
  throw new Problem('usage', `--node: "${text}" is no node's name; use what "kubectl get nodes" shows.`);
}

/** `http://HOST:PORT` */
export function coordinatorOption(): Option {
  return new Option('--coordinator <url>', 'where the coordinator answers: http://HOST:9465')
    .env('NETDEBUG_COORDINATOR')
    .argParser((text) => {
      const url = URL.canParse(filled('--coordinator', 'a URL')(text)) ? new URL(text) : undefined;
      if (url?.protocol === 'http:' && url.pathname === '/') return url.origin;
      throw new Problem('usage', `--coordinator: "${text}" is no URL of it; write it like http://HOST:9465.`);
    });
}

// How the coordinator gets to the API: as its pod does, to the URL that it is given, or through the user's own kubectl.
import { Option } from 'commander';
import type { KubernetesAccess } from '../../kubernetes/transport.ts';
import { Problem } from '../../model/problem.ts';

export interface ApiFlags {
  readonly apiServer?: URL;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export function apiServerOption(): Option {
  return new Option('--api-server <url>', 'an API that wants no login: http://HOST:PORT').argParser(
    (text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      const wanted = url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.search === '';
      if (wanted) return url;
      throw new Problem('usage', `--api-server: "${text}" is no URL of one; write it like http://HOST:PORT.`);
    },
  );
}

export interface ReachedApi {
  readonly access: KubernetesAccess;
  /** Rejects with a Problem when the way there is gone for good. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const open = (access: KubernetesAccess): ReachedApi => ({
  access,
  ended: new Promise(() => undefined),
  stop: () => Promise.resolve(),
});

/** Rejects with a Problem when there is no way. */
export async function reachApi(
  { apiServer, kubeconfig, context }: ApiFlags,
  log: (message: string) => void,
): Promise<ReachedApi> {
  const forKubectl = kubeconfig !== undefined || context !== undefined;
  if (apiServer !== undefined) {
    if (!forKubectl) return open({ from: 'url', url: apiServer });
    throw new Problem(
      'usage',
      '--api-server needs no --kubeconfig and no --context; leave out one or the other.',
    );
  }
  // Set by the kubelet in every pod.
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = process.env;
  if (!forKubectl && host !== undefined && host !== '')
    return open({ from: 'pod', host, port: Number(port) });
  // Loaded here: a pod has no kubectl.
  const { startKubectlProxy } = await import('../../system/tools/kubectl-proxy.ts');
  const proxy = await startKubectlProxy({ kubeconfig, context }, log);
  return { access: { from: 'socket', socket: proxy.socket }, ended: proxy.failed, stop: () => proxy.stop() };
}

// kube-proxy in mode nftables lets INVALID packets pass, which on kernels before 6.1 may reset connections to Services.
import { z } from '../model/schema.ts';

const nodeList = z.object({
  items: z
    .array(
      z.object({
        metadata: z.object({ name: z.string() }),
        status: z
          .object({ nodeInfo: z.object({ kernelVersion: z.string().default('') }).prefault({}) })
          .prefault({}),
      }),
    )
    .default([]),
});

/** Each node's kernel, as `kubectl get nodes -o json` has it: `6.1.0-13-amd64`; nodes that do not say are left out. */
export function nodeKernels(nodes: unknown): { readonly node: string; readonly kernel: string }[] {
  const list = nodeList.safeParse(nodes);
  return (list.data?.items ?? []).flatMap(({ metadata, status }) => {
    const kernel = status.nodeInfo.kernelVersion;
    return kernel === '' ? [] : [{ node: metadata.name, kernel }];
  });
}

/** The first kernel in which a segment far behind the window is no longer INVALID (torvalds/linux commit 6e250dcbff1d). */
const mended = [6, 1] as const;
/** Below it kube-proxy refuses the mode, unless told not to look (kubernetes pkg/proxy/nftables/supported.go). */
const needed = [5, 13] as const;

/** Sentences for preflight: none for another mode, nor where every kernel is new enough. @param mode Of kube-proxy; null: not known. */
export function nftablesKernelWarnings(
  mode: string | null,
  kernels: ReturnType<typeof nodeKernels>,
): string[] {
  if (mode !== 'nftables') return [];
  const list = (some: typeof kernels) => some.map(({ node, kernel }) => `${node} (${kernel})`).join(', ');
  const tooOld = kernels.filter(({ kernel }) => isOlder(kernel, needed));
  const atRisk = kernels.filter(({ kernel }) => isOlder(kernel, mended) && !isOlder(kernel, needed));
  return [
    ...(tooOld.length === 0
      ? []
      : [
          `kube-proxy in mode nftables needs kernel ${needed.join('.')} or newer; older are: ${list(tooOld)}.`,
        ]),
    ...(atRisk.length === 0
      ? []
      : [
          `kube-proxy in mode nftables drops no INVALID packets, and kernels before ${mended.join('.')} take late repetitions for INVALID: ` +
            `connections to Services may be reset (netdebug explain conntrack-invalid) on ${list(atRisk)}; ` +
            `nf_conntrack_tcp_be_liberal=1 there cures it.`,
        ]),
  ];
}

function isOlder(kernel: string, [major, minor]: readonly [number, number]): boolean {
  const [, first, second] = /^([0-9]+)\.([0-9]+)/.exec(kernel) ?? [];
  if (first === undefined || second === undefined) return false;
  return Number(first) < major || (Number(first) === major && Number(second) < minor);
}

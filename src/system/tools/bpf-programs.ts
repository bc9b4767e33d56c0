// Programs in eBPF that are attached to a namespace's interfaces: by bpftool, which sees all of them, else by tc and ip.
import { z } from '../../model/schema.ts';
import { findTool } from '../find-tool.ts';
import { run, runChecked } from '../process.ts';
import { inNetworkOf } from './nsenter.ts';

const bpftoolSchema = z.array(
  z.object({ tc: z.array(z.object({ name: z.string().optional() })).optional() }),
);

/** Reads `bpftool -json net`: of tc, tcx and netkit; it does not name those of XDP. */
export function parseBpftoolNet(json: string): string[] {
  return bpftoolSchema.parse(JSON.parse(json)).flatMap(({ tc = [] }) => tc.flatMap(({ name }) => name ?? []));
}

const filterSchema = z.array(
  z.object({
    kind: z.string().optional(),
    options: z
      .object({ bpf_name: z.string().optional(), prog: z.object({ name: z.string().optional() }).optional() })
      .optional(),
  }),
);

/** Reads what `tc -json -batch` prints for `filter show` of several interfaces: a list on a line of its own for each. */
export function parseFilters(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('[')) return [];
    return filterSchema.parse(JSON.parse(line)).flatMap(({ kind, options }) => {
      if (kind !== 'bpf') return [];
      return [options?.bpf_name ?? [], options?.prog?.name ?? []].flat();
    });
  });
}

const linksSchema = z.array(
  z.object({
    ifname: z.string().optional(),
    xdp: z.object({ prog: z.object({ name: z.string().optional() }).optional() }).optional(),
  }),
);

/** Reads `ip -json -details link`: the interfaces, and the programs of XDP. */
export function parseXdp(json: string): { readonly links: string[]; readonly programs: string[] } {
  const links = linksSchema.parse(JSON.parse(json));
  return {
    links: links.flatMap(({ ifname }) => ifname ?? []),
    programs: links.flatMap(({ xdp }) => xdp?.prog?.name ?? []),
  };
}

/** Of an interface's thousands nobody asks for more: a dataplane's program is on each pod's. */
const mostLinks = 256;

/**
 * Their names as tc, bpftool or the kernel has them: `cil_from_container`, `bpf_lxc.o:[from-container]`; the kernel cuts them off.
 * Null where none is seen and there may be some: tc does not show what newer kernels attach by links (tcx, netkit).
 * @param proc The folder in /proc of a process in the namespace.
 * Throws a `fault` when ip cannot tell.
 */
export async function listAttachedPrograms(proc: string): Promise<readonly string[] | null> {
  const { stdout: details } = await runChecked(inNetworkOf(proc, ['ip', '-json', '-details', 'link']));
  const { links, programs } = parseXdp(details);
  if (findTool('bpftool') !== undefined) {
    const { exitCode, stdout } = await run(inNetworkOf(proc, ['bpftool', '-json', 'net']));
    if (exitCode === 0) return [...new Set([...programs, ...parseBpftoolNet(stdout)])];
  }
  const input = links
    .slice(0, mostLinks)
    .flatMap((link) => ['ingress', 'egress'].map((way) => `filter show dev ${link} ${way}\n`))
    .join('');
  // An interface that is gone by now is no failure.
  const { stdout } = await run(inNetworkOf(proc, ['tc', '-json', '-force', '-batch', '-']), { input });
  const found = new Set([...programs, ...parseFilters(stdout)]);
  return found.size === 0 ? null : [...found];
}

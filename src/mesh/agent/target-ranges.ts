// Which addresses an agent dials, whoever tells it to: those of the cluster's pods and Services, and nothing else that it can reach.
import { BlockList, isIP } from 'node:net';
import type { Resolve } from '../../probe/lookup.ts';

export interface TargetRanges {
  /** False for what is no IP address, too. */
  allows(address: string): boolean;
}

export interface Range {
  readonly network: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Where no ranges are given: private addresses (RFC 1918, RFC 6598, RFC 4193), which pods and Services have nearly everywhere. */
export const defaultRanges = '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7';
/** This host, loopback, link-local (a cloud's metadata is there), multicast and broadcast: never a pod's. */
const never = [
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '255.255.255.255/32'],
  ...['::/128', '::1/128', 'fe80::/10', 'ff00::/8'],
].map((text) => rangeOf(text));

/** `10.0.0.0/8,fd00::/8`; undefined when the text is not that. */
export function parseRanges(text: string): Range[] | undefined {
  try {
    return text.split(',').map((part) => rangeOf(part.trim()));
  } catch {
    return undefined;
  }
}

/**
 * @param ranges A range within one that is otherwise never dialled, as 127.0.0.0/8, is meant, and allowed.
 * @param hosts Addresses of the agent's own node, which are not dialled whatever the ranges are.
 */
export function createTargetRanges(ranges: readonly Range[], hosts: readonly string[]): TargetRanges {
  const forbidden = listOf(never);
  const isMeant = ({ network, prefix }: Range) =>
    never.some((one) => one.prefix <= prefix && contains(listOf([one]), network));
  const meant = listOf(ranges.filter(isMeant));
  const general = listOf(ranges.filter((range) => !isMeant(range)));
  const own = new Set(hosts.map(judgedAs));
  return {
    allows(address) {
      const judged = judgedAs(address);
      // An address with a zone is link-local, and means something on one interface only.
      if (isIP(judged) === 0 || judged.includes('%') || own.has(judged)) return false;
      return contains(meant, judged) || (contains(general, judged) && !contains(forbidden, judged));
    },
  };
}

/** A look-up that gives only what may be dialled: a name's addresses are the resolver's word, not the plan's. */
export function lookupWithin(
  ranges: TargetRanges,
  resolve: Resolve,
  refused: (host: string, address: string) => void,
): Resolve {
  return (host, options, answer) => {
    resolve(host, options, (error, addresses) => {
      if (error !== null) {
        answer(error, addresses);
        return;
      }
      const fit = addresses.filter(({ address }) => ranges.allows(address));
      const unfit = addresses.find(({ address }) => !ranges.allows(address));
      if (unfit !== undefined) refused(host, unfit.address);
      if (fit.length > 0 || unfit === undefined) answer(null, fit);
      else answer(Object.assign(new Error('no address that may be dialled'), notPermitted), []);
    });
  };
}

/** As the kernel says it of an address that a rule of this host forbids. */
const notPermitted = { code: 'EPERM', syscall: 'connect' };

function rangeOf(text: string): Range {
  const [, address = '', digits = ''] = /^([0-9a-fA-F.:]+)\/([0-9]{1,3})$/.exec(text) ?? [];
  const network = judgedAs(address);
  const version = isIP(network);
  const prefix = Number(digits);
  if (version === 0 || network !== canonical(address) || digits === '' || prefix > (version === 4 ? 32 : 128))
    throw new RangeError(`"${text}" is no range of addresses`);
  return { network, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

function listOf(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const { network, prefix, family } of ranges) list.addSubnet(network, prefix, family);
  return list;
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** An IPv4 address that is mapped into IPv6 (RFC 4291, 2.5.5.2) leads where the IPv4 address does. */
function judgedAs(address: string): string {
  const text = canonical(address);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text) ?? [];
  if (high === undefined || low === undefined) return text;
  const bits = [high, low].map((part) => Number.parseInt(part, 16));
  return bits.flatMap((part) => [part >> 8, part & 255]).join('.');
}

/** IPv6 in its one short form (RFC 5952), as the URL standard writes it; anything else as it is. */
function canonical(address: string): string {
  if (isIP(address) !== 6 || address.includes('%')) return address;
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

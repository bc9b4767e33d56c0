// A plan is a list of steps as data: printed by --dry-run, applied by the lab, undone in reverse when one of them fails.
import type { Family } from './family.ts';

/** One end of a veth pair: the interface's name and the namespace it is in. */
interface VethEnd {
  readonly netns: string;
  readonly dev: string;
}

/** A policy-routing rule as `ip rule` takes it. */
export interface PolicyRule {
  readonly preference: number;
  readonly not?: boolean;
  readonly iif?: string;
  /** MARK/MASK */
  readonly fwmark?: string;
  readonly table: string;
}

/** One table of a ruleset: chain name → rules in iptables-save's language, without the `-A CHAIN`. */
export interface IptablesTable {
  readonly name: 'raw' | 'mangle' | 'nat' | 'filter';
  readonly chains: Readonly<Record<string, readonly string[]>>;
}

/** Which conntrack entries: TCP, and each given address at its place in the entry. */
export interface EntryFilter {
  readonly originalSource?: string;
  readonly originalDestination?: string;
  readonly replySource?: string;
  readonly mark?: number;
}

/** Which TCP sockets of a namespace: those in one of the states, as ss names them, that have each given port. */
export interface SocketFilter {
  readonly states: readonly [string, ...string[]];
  readonly localPort?: number;
  readonly remotePort?: number;
}

/** A rule of iptables with its place: at the top of the chain, or at its end. */
export interface ChainRule {
  readonly table: IptablesTable['name'];
  readonly chain: string;
  readonly place: 'first' | 'last';
  /** In iptables' language, without the `-I CHAIN`. */
  readonly rule: string;
}

/** Changes that no address in them tells the family of; IPv4 unless they say so. */
interface OfFamily {
  readonly family?: Family;
}

/** Whose packets a table of nft sees: those of both families, or of one. */
export type NftFamily = 'inet' | 'ip' | 'ip6';

export type Change =
  | { readonly do: 'add-netns'; readonly netns: string }
  | { readonly do: 'delete-netns'; readonly netns: string }
  | { readonly do: 'add-veth'; readonly a: VethEnd; readonly b: VethEnd }
  | { readonly do: 'delete-link'; readonly netns: string; readonly dev: string }
  | { readonly do: 'set-up' | 'set-down'; readonly netns: string; readonly dev: string }
  | { readonly do: 'add-address'; readonly netns: string; readonly dev: string; readonly cidr: string }
  | {
      readonly do: 'add-route';
      readonly netns: string;
      readonly to: string;
      readonly via?: string;
      readonly dev: string;
      readonly table?: string;
    }
  | { readonly do: 'delete-route'; readonly netns: string; readonly to: string; readonly dev: string }
  | { readonly do: 'add-bridge'; readonly netns: string; readonly dev: string }
  /** An interface with nothing behind it, for addresses. */
  | { readonly do: 'add-dummy'; readonly netns: string; readonly dev: string }
  /** Makes the interface a port of the bridge. */
  | { readonly do: 'add-port'; readonly netns: string; readonly dev: string; readonly bridge: string }
  /** Puts the route in the place of the one to the same; with an MTU, no longer packet takes it. */
  | {
      readonly do: 'set-route-mtu';
      readonly netns: string;
      readonly to: string;
      readonly via?: string;
      readonly dev: string;
      readonly mtu: number | null;
    }
  /** The interface's link-layer address; given anew while it is up, it is announced where the namespace is set to do so (arp_notify). */
  | { readonly do: 'set-mac'; readonly netns: string; readonly dev: string; readonly mac: string }
  /** How many segments of TCP one packet may stand for at most; one: as on a wire. */
  | { readonly do: 'set-segments'; readonly netns: string; readonly dev: string; readonly most: number }
  | (OfFamily & { readonly do: 'add-rule'; readonly netns: string; readonly rule: PolicyRule })
  | (OfFamily & { readonly do: 'delete-rule'; readonly netns: string; readonly rule: PolicyRule })
  | { readonly do: 'set-sysctl'; readonly netns: string; readonly key: string; readonly value: string }
  | (OfFamily & {
      readonly do: 'load-iptables';
      readonly netns: string;
      readonly tables: readonly IptablesTable[];
    })
  | (OfFamily & { readonly do: 'add-chain-rule'; readonly netns: string; readonly rule: ChainRule })
  | (OfFamily & { readonly do: 'delete-chain-rule'; readonly netns: string; readonly rule: ChainRule })
  /** Replaces the table of that name, of family inet unless it says so; `body` is what stands between its braces. */
  | {
      readonly do: 'load-nft-table';
      readonly netns: string;
      readonly name: string;
      readonly body: string;
      readonly of?: NftFamily;
    }
  | { readonly do: 'delete-nft-table'; readonly netns: string; readonly name: string }
  /** One TCP service in IPVS, whose endpoints are chosen in turn and reached by translation (masquerading, as IPVS calls it). */
  | {
      readonly do: 'add-ipvs-service';
      readonly netns: string;
      readonly address: string;
      readonly port: number;
      readonly endpoints: readonly { readonly address: string; readonly port: number }[];
    }
  /** How long IPVS keeps what is established and silent. */
  | { readonly do: 'set-ipvs-timeout'; readonly netns: string; readonly seconds: number }
  | (OfFamily & { readonly do: 'delete-entries'; readonly netns: string; readonly filter: EntryFilter })
  /** Takes sockets from the programs that have them, and resets their peers. */
  | { readonly do: 'destroy-sockets'; readonly netns: string; readonly filter: SocketFilter }
  /**
   * Adds assured entries of flows that nobody has until `leaveFree` more would fit into the table. They come from the addresses
   * SOURCE.0.0/16 (`source` is `172.16`), carry `mark`, and live for `lifeSeconds`.
   */
  | {
      readonly do: 'fill-conntrack';
      readonly netns: string;
      readonly source: string;
      readonly mark: number;
      readonly leaveFree: number;
      /** Adds no more than this; without it, as many as that takes. */
      readonly atMost?: number;
      readonly lifeSeconds: number;
    };

export interface Step {
  readonly change: Change;
  /** What takes it back; null for what vanishes together with the namespace it was done in. */
  readonly undo: Change | null;
}

export type Plan = readonly Step[];

// Where a Service led to: a server says its node, and the plan or the coordinator must know that node, or its word names nobody.
import type { MeshClass, MeshNodeState, MeshPlan, MeshTarget } from '../../model/mesh-plan.ts';
import { onAnotherNode, unexpected, type Landing } from './landing.ts';

export interface Whereabouts {
  /** Goes by this plan from now on. */
  follow(plan: MeshPlan): void;
  /**
   * The node that a server of the Service of all says it is on: one of the plan's targets, or one that the coordinator calls well at this
   * moment. `contradicts`: neither, and the coordinator could be asked. Must not reject.
   */
  locate(node: string, target: MeshTarget): Promise<Landing & { readonly contradicts: boolean }>;
}

interface Vouched {
  readonly zone: string;
  readonly atMs: number;
}

/** So long a node's state is taken to be what it was; when it is not, the connection that was to be made fails. */
const vouchedMs = 60_000;
const mostVouched = 1_000;
/** Questions to the coordinator at the same time: a server may say another name each time. */
const mostAsked = 8;

export function createWhereabouts(
  self: string,
  nowMs: () => number,
  stateOf: (node: string) => Promise<MeshNodeState | 'gone' | undefined>,
): Whereabouts {
  let own = '';
  let planned = new Map<string, string>();
  const vouched = new Map<string, Vouched>();
  let asked = 0;

  const classOf = (node: string, zone: string): MeshClass =>
    node === self ? 'same-node' : zone === own ? 'same-zone' : 'cross-zone';

  /** `no`: not a node that a connection is to land on. Undefined: nobody could say. */
  async function vouch(node: string): Promise<Vouched | 'no' | undefined> {
    const known = vouched.get(node);
    if (known !== undefined && nowMs() - known.atMs < vouchedMs) return known;
    vouched.delete(node);
    if (asked >= mostAsked) return undefined;
    asked += 1;
    const state = await stateOf(node);
    asked -= 1;
    if (state === undefined) return undefined;
    if (state === 'gone' || state.leftOut !== null) return 'no';
    const now = { zone: state.zone, atMs: nowMs() };
    const oldest = vouched.keys().next().value;
    if (vouched.size >= mostVouched && oldest !== undefined) vouched.delete(oldest);
    vouched.set(node, now);
    return now;
  }

  return {
    follow({ zone, targets }) {
      own = zone;
      planned = new Map(
        targets.flatMap((target) => (target.node === null ? [] : [[target.node, target.zone ?? '']])),
      );
    },
    async locate(node, target) {
      const zone = planned.get(node);
      if (zone !== undefined) return { node, label: node, class: classOf(node, zone), contradicts: false };
      const known = await vouch(node);
      if (known === 'no') return { ...unexpected(target), contradicts: true };
      if (known === undefined) return { node: '', label: '', class: target.class, contradicts: false };
      return { ...onAnotherNode(node, classOf(node, known.zone)), contradicts: false };
    },
  };
}

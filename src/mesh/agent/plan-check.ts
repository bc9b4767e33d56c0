// Whether a plan is one that this agent follows, wherever it comes from: of its own node, within bounds, to mesh servers only.
import { isIP } from 'node:net';
import { formatEndpoint } from '../../model/endpoint.ts';
import { meshPlanSchema, planBounds, type MeshPlan, type MeshTarget } from '../../model/mesh-plan.ts';
import { foreignText } from './foreign-text.ts';
import { Refusal, type TellRefusal } from './refusal.ts';
import type { TargetRanges } from './target-ranges.ts';

export interface PlanLimits {
  /** The agent's own. */
  readonly node: string;
  readonly ranges: TargetRanges;
  /** Of the mesh's servers and Services. */
  readonly ports: readonly number[];
}

/** The plan of a text, without the targets that are refused (told to `tell`). Throws a Refusal when nothing of it can be followed. */
export function checkPlan(text: string, limits: PlanLimits, tell: TellRefusal): MeshPlan {
  const read = meshPlanSchema.safeParse(parsed(text));
  if (!read.success) {
    // By the bounds' own codes; what is wrong otherwise is nobody's to mend but the version's.
    if (read.error.issues.some(({ code }) => code === 'too_big' || code === 'custom')) {
      throw new Refusal(
        'too-large',
        `what it gives is more than ${planBounds.connections} connections, or more than an agent keeps; give the coordinator fewer --targets`,
      );
    }
    throw new Refusal('malformed', 'what it gives is no plan; are both of one version?');
  }
  const plan = read.data;
  if (plan.node !== limits.node) {
    throw new Refusal('other-node', `what it gives is the plan of another node, ${foreignText(plan.node)}`);
  }
  let refusedFor: 'address' | 'port' | undefined;
  const targets = plan.targets.filter((target) => {
    const reason = refusalOf(target, limits);
    if (reason === undefined) return true;
    refusedFor = reason;
    tell(reason, sentenceOf(target, reason, limits));
    return false;
  });
  if (refusedFor !== undefined && targets.length === 0)
    throw new Refusal(refusedFor, 'no target of its plan may be dialled');
  return { ...plan, targets };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A name's addresses are looked at when it is dialled. */
function refusalOf({ address, port }: MeshTarget, { ranges, ports }: PlanLimits) {
  if (!ports.includes(port)) return 'port';
  return isIP(address) === 0 || ranges.allows(address) ? undefined : 'address';
}

function sentenceOf(target: MeshTarget, reason: 'address' | 'port', { ports }: PlanLimits): string {
  const where = foreignText(formatEndpoint(target));
  return reason === 'port'
    ? `The plan wants connections to ${where}, which is not the port of a mesh server (${ports.join(', ')}): not dialled; if it is one, give it with --target-ports.`
    : outOfRange(`wants connections to ${where}`);
}

/** @param what Goes on from "The plan". */
export function outOfRange(what: string): string {
  return `The plan ${what}, which is outside the ranges of pods and Services: not dialled; if it is in the cluster, give its range with --target-ranges.`;
}

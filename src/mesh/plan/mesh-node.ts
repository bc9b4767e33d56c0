// A node as the plan sees it: where it is, where its server listens, and whether it is left out.
import type { LeftOutReason } from '../../model/mesh-plan.ts';

export interface MeshNode {
  readonly name: string;
  /** Empty when it has none. */
  readonly zone: string;
  readonly leftOut: LeftOutReason | null;
  /** For what reason it would be left out if the API were believed; null when nothing speaks against it, or it is left out. */
  readonly doubt: LeftOutReason | null;
  /** Its server's pod; null when there is none. */
  readonly address: string | null;
  readonly port: number;
}

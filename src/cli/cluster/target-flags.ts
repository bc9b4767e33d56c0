// Which cluster, in kubectl's own flags.
import type { Option } from 'commander';
import type { KubectlTarget } from '../../system/tools/kubectl.ts';
import { textOption } from '../probe-flags.ts';

export interface TargetFlags {
  readonly context?: string;
  readonly namespace?: string;
  readonly kubeconfig?: string;
}

/** The options behind TargetFlags. */
export function targetOptions(): Option[] {
  return [
    textOption('--context <name>', 'context of your kubeconfig (default: the current one)'),
    textOption('-n, --namespace <name>', 'namespace to work in (default: the one of the context)'),
    textOption('--kubeconfig <file>', 'kubeconfig to use (default: as kubectl finds it)'),
  ];
}

export function targetOf(flags: TargetFlags): KubectlTarget {
  return { context: flags.context, namespace: flags.namespace, kubeconfig: flags.kubeconfig };
}

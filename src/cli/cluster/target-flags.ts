// Which cluster, in kubectl's own flags.
import type { Option } from 'commander';
import { contexts, namespaces } from '../completion/cluster-names.ts';
import { offering } from '../completion/sources.ts';
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
    offering(
      textOption('--context <name>', 'context of your kubeconfig (default: the current one)'),
      contexts,
    ),
    offering(
      textOption('-n, --namespace <name>', 'namespace to work in (default: the one of the context)'),
      namespaces,
    ),
    textOption('--kubeconfig <file>', 'kubeconfig to use (default: as kubectl finds it)'),
  ];
}

export function targetOf(flags: TargetFlags): KubectlTarget {
  return { context: flags.context, namespace: flags.namespace, kubeconfig: flags.kubeconfig };
}

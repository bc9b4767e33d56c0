// Which cluster, in kubectl's own flags.
import { Option } from 'commander';
import type { KubectlTarget } from '../../system/tools/kubectl.ts';
import { filled } from '../probe-flags.ts';

export interface TargetFlags {
  readonly context?: string;
  readonly namespace?: string;
  readonly kubeconfig?: string;
}

/** The options behind TargetFlags. */
export function targetOptions(): Option[] {
  return [
    new Option('--context <name>', 'context of your kubeconfig (default: the current one)').argParser(
      filled('--context', 'a name'),
    ),
    new Option('-n, --namespace <name>', 'namespace to work in (default: the one of the context)').argParser(
      filled('--namespace', 'a name'),
    ),
    new Option('--kubeconfig <file>', 'kubeconfig to use (default: as kubectl finds it)').argParser(
      filled('--kubeconfig', 'a file'),
    ),
  ];
}

export function targetOf(flags: TargetFlags): KubectlTarget {
  return { context: flags.context, namespace: flags.namespace, kubeconfig: flags.kubeconfig };
}

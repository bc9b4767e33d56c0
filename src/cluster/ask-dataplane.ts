// Reads the objects that tell the cluster's dataplane, as far as they may be read.
import { messageOf } from '../model/problem.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { askJson } from './ask-json.ts';
import { readDataplane, type Dataplane } from './dataplane.ts';

/** A string says why it cannot be read. */
export async function askDataplane(kubectl: Kubectl): Promise<Dataplane | string> {
  const system = '--namespace=kube-system';
  const daemonSets =
    (await askJson(kubectl, ['get', 'daemonsets', '--all-namespaces'])) ??
    (await askJson(kubectl, ['get', 'daemonsets', system]));
  if (daemonSets === null) return 'the DaemonSets of kube-system may not be read here.';
  try {
    const [configMaps, proxyPods, felixConfiguration] = await Promise.all([
      askJson(kubectl, ['get', 'configmaps', 'netd-config', 'kube-proxy', '--ignore-not-found', system]),
      askJson(kubectl, ['get', 'pods', system, '--selector=component=kube-proxy']),
      // The type itself is missing where there is no Calico.
      askJson(kubectl, ['get', 'felixconfigurations.crd.projectcalico.org', 'default']),
    ]);
    return readDataplane({ daemonSets, configMaps, proxyPods, felixConfiguration });
  } catch (error) {
    return messageOf(error);
  }
}

// Whether, and how, the Kubernetes API is asked what addresses are called: as the pod that we are in, or as the user's kubectl is logged in.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter } from 'node:path';
import { messageOf } from '../model/problem.ts';
import { serviceAccountFolder } from '../kubernetes/service-account.ts';
import type { ClusterAccess } from '../observe/witness.ts';
import { findTool } from '../system/find-tool.ts';
import { reachApi } from './mesh/reach-api.ts';

export interface NamesApi {
  readonly cluster: ClusterAccess;
  stop(): Promise<void>;
}

const nobody = (why: string): NamesApi => ({ cluster: { access: null, why }, stop: () => Promise.resolve() });

/** Resolves with why nobody can be asked where that is so: names are good to have, and no more. */
export async function reachNamesApi(log: (message: string) => void): Promise<NamesApi> {
  const inPod = (process.env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
  if (inPod && !existsSync(`${serviceAccountFolder}/token`))
    return nobody('this pod has no service account to ask the API with');
  if (!inPod && !kubeconfigs().some((file) => existsSync(file)))
    return nobody('there is no kubeconfig to ask the API with');
  if (!inPod && findTool('kubectl') === undefined)
    return nobody('there is a kubeconfig, but no kubectl to ask the API with');
  try {
    const reached = await reachApi({}, log);
    reached.ended.catch(() => undefined);
    return { cluster: { access: reached.access }, stop: () => reached.stop() };
  } catch (error) {
    return nobody(messageOf(error));
  }
}

/** As kubectl looks for them. */
function kubeconfigs(): string[] {
  const named = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  return named.length > 0 ? named : [`${homedir()}/.kube/config`];
}

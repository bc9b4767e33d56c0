// Which pod, Service or node an address of the cluster is of now, and on which node a pod is; read anew at intervals, and when somebody
// asks for an address that is not there.
import { isIP } from 'node:net';
import { plainAddress } from '../model/endpoint.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';

interface BookedAddress {
  readonly kind: 'pod' | 'service' | 'node';
  /** NAMESPACE/NAME, of a node its name. */
  readonly name: string;
  readonly address: string;
  /** Of a pod where it runs, of a node itself; null where that is not known. */
  readonly node: string | null;
}

export interface AddressBook {
  /** All of them as they were read last. */
  all(): readonly BookedAddress[];
  of(address: string): BookedAddress | undefined;
  /** Reads anew; a cluster that does not answer leaves it as it was. */
  read(): Promise<void>;
  /** What could not be read, one sentence each. */
  readonly missing: readonly string[];
}

const fields = [
  '{.metadata.namespace}',
  '{.metadata.name}',
  '{.spec.nodeName}',
  '{.spec.hostNetwork}',
  '{.status.phase}',
  '{range .status.podIPs[*]}{.ip},{end}',
];
const podLines = `{range .items[*]}${fields.join('{"\\t"}')}{"\\n"}{end}`;
const serviceLines =
  '{range .items[*]}{.metadata.namespace}{"\\t"}{.metadata.name}{"\\t"}{range .spec.clusterIPs[*]}{@},{end}{"\\n"}{end}';
const nodeLines =
  '{range .items[*]}{.metadata.name}{"\\t"}{range .status.addresses[*]}{.address},{end}{"\\n"}{end}';

/** Asks nothing yet. */
export function createAddressBook(kubectl: Kubectl, namespace: string): AddressBook {
  let booked = new Map<string, BookedAddress>();
  let missing: string[] = [];

  /** Everywhere, or where that may not be read in the namespace alone. */
  async function lines(kind: string, template: string, unread: string[]): Promise<string[][] | null> {
    const ask = (where: readonly string[]) =>
      kubectl.ask(['get', kind, ...where, `--output=jsonpath=${template}`], { attempts: 1 });
    let answer = await ask(kind === 'nodes' ? [] : ['--all-namespaces']);
    if (!answer.ok && answer.failure.kind === 'forbidden') {
      unread.push(
        kind === 'nodes'
          ? 'nodes may not be listed: their addresses have no names'
          : `${kind} may be listed in namespace ${namespace} alone: those of others have no names`,
      );
      if (kind !== 'nodes') answer = await ask([]);
    }
    if (!answer.ok) return answer.failure.kind === 'forbidden' ? [] : null;
    return answer.stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')]));
  }

  return {
    all: () => [...booked.values()],
    of: (address) => booked.get(plainAddress(address)),
    async read() {
      const unread: string[] = [];
      const [pods, services, nodes] = await Promise.all([
        lines('pods', podLines, unread),
        lines('services', serviceLines, unread),
        lines('nodes', nodeLines, unread),
      ]);
      if (pods === null || services === null || nodes === null) return;
      const next = new Map<string, BookedAddress>();
      const put = (one: Omit<BookedAddress, 'address'>, addresses = '') => {
        for (const address of addresses.split(','))
          if (isIP(address) !== 0) next.set(plainAddress(address), { ...one, address });
      };
      for (const [name = '', addresses] of nodes) put({ kind: 'node', name, node: name }, addresses);
      for (const [space = '', name = '', addresses] of services)
        put({ kind: 'service', name: `${space}/${name}`, node: null }, addresses);
      for (const [space = '', name = '', node = '', host, phase = '', addresses] of pods) {
        if (host === 'true' || /^(?:Succeeded|Failed)$/.test(phase)) continue;
        put({ kind: 'pod', name: `${space}/${name}`, node: node === '' ? null : node }, addresses);
      }
      booked = next;
      missing = unread;
    },
    get missing() {
      return missing;
    },
  };
}

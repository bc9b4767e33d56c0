// The same world in IPv6: nodes, pods, the Service, routes and rules; whatever has no IPv6 form is left out, and nothing of IPv4 is left.
import type { FaultAction } from '../../model/fault.ts';
import type { Change, Plan } from '../../model/plan.ts';
import type { Setup } from '../../model/scenario.ts';
import { mapStrings } from './map-strings.ts';
import { sysctl, within } from './wires.ts';

/** The address that the host's end of a Calico pod's veth has by its hardware address, ee:ee:ee:ee:ee:ee: the pod's gateway. */
const podGateway = 'fe80::ecee:eeff:feee:eeee';
const podGateway4 = '169.254.1.1';

export function inIpv6(setup: Setup): Setup {
  const makes = (step: Plan[number]) => step.change.do === 'add-netns';
  const made = setup.plan.filter(makes);
  const rest = setup.plan.filter((step) => !makes(step));
  return {
    ...setup,
    topology: mapStrings(setup.topology, addressesInIpv6),
    plan: [
      ...made,
      // Before any interface is there, since each takes its settings from these.
      ...within(
        made.flatMap(({ change }) => (change.do === 'add-netns' ? quickAddresses(change.netns) : [])),
      ),
      ...rest.flatMap(({ change, undo }): Plan => {
        const [first, ...others] = changeInIpv6(change);
        if (first === undefined) return [];
        return [
          { change: first, undo: undo === null ? null : (changeInIpv6(undo)[0] ?? null) },
          ...within(others),
        ];
      }),
    ],
    actors: setup.actors.map((actor) => ({ ...actor, family: 'ipv6' })),
    faults: setup.faults.map((fault) => ({
      ...fault,
      steps: fault.steps.map((step) => ({ ...step, actions: step.actions.flatMap(actionInIpv6) })),
    })),
    clients: mapStrings(setup.clients, addressesInIpv6),
  };
}

function actionInIpv6(action: FaultAction): FaultAction[] {
  if (action.do === 'signal' || action.do === 'start') return [action];
  return action.do === 'add-netns' ? [action, ...quickAddresses(action.netns)] : changeInIpv6(action);
}

/** An address can be used at once, not after a second in which nobody else claimed it; and none comes from a router. */
const quickAddresses = (netns: string): Change[] => [
  sysctl(netns, 'net.ipv6.conf.default.accept_dad', '0'),
  sysctl(netns, 'net.ipv6.conf.all.accept_dad', '0'),
  sysctl(netns, 'net.ipv6.conf.default.accept_ra', '0'),
];

/** None for what IPv6 has no need of. */
function changeInIpv6(change: Change): Change[] {
  switch (change.do) {
    case 'set-sysctl':
      return settingInIpv6(change);
    case 'set-up':
      // Only pods' interfaces on a node are called so, and a bridge of these.
      return change.dev.startsWith('cali')
        ? [change, { do: 'add-address', netns: change.netns, dev: change.dev, cidr: `${podGateway}/64` }]
        : [change];
    case 'set-down':
      // Its addresses stay, as those of IPv4 do.
      return [sysctl(change.netns, `net.ipv6.conf.${change.dev}.keep_addr_on_down`, '1'), change];
    case 'add-route':
      return change.to === podGateway4 ? [] : [mapStrings(change, addressesInIpv6)];
    case 'add-rule':
    case 'delete-rule':
    case 'load-iptables':
      return [{ ...mapStrings(change, addressesInIpv6), family: 'ipv6' }];
    case 'add-chain-rule':
    case 'delete-chain-rule':
      return [{ ...mapStrings(change, (text) => icmpInIpv6(addressesInIpv6(text))), family: 'ipv6' }];
    case 'delete-entries':
      // A mark alone is of the entries that stand for other people's flows, which are IPv4.
      return [
        change.filter.mark === undefined
          ? { ...mapStrings(change, addressesInIpv6), family: 'ipv6' }
          : change,
      ];
    case 'load-nft-table':
      return [
        {
          ...change,
          body: nftInIpv6(change.body),
          ...(change.of === 'ip' ? { of: 'ip6' as const } : {}),
        },
      ];
    case 'fill-conntrack':
      // The table is one for both families.
      return [change];
    case 'destroy-sockets':
      // Of whichever family they are.
      return [change];
    default:
      return [mapStrings(change, addressesInIpv6)];
  }
}

const icmpInIpv6 = (rule: string): string =>
  rule.replace('-p icmp --icmp-type fragmentation-needed', '-p ipv6-icmp --icmpv6-type packet-too-big');

/** TCP's and conntrack's settings are those of both families; reverse-path filters, redirects and proxy ARP are IPv4's alone. */
function settingInIpv6(change: Extract<Change, { do: 'set-sysctl' }>): Change[] {
  if (change.key === 'net.bridge.bridge-nf-call-iptables')
    return [{ ...change, key: 'net.bridge.bridge-nf-call-ip6tables' }];
  if (change.key === 'net.ipv4.ip_forward') return [{ ...change, key: 'net.ipv6.conf.all.forwarding' }];
  return /^net\.ipv4\.(conf|neigh)\./.test(change.key) ? [] : [change];
}

/** `10.44.1.21` is `fd00:10:44:1::21`, its `/24` a `/64`. A port behind an address is set apart by brackets. */
export function addressesInIpv6(text: string): string {
  const pattern = /(?<![0-9.])([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)(?:\/([0-9]+)|:([0-9]+))?(?![0-9.])/g;
  return text.replace(
    pattern,
    (whole, a: string, b: string, c: string, d: string, length?: string, port?: string) => {
      if (whole.startsWith(podGateway4)) return podGateway;
      const network = `fd00:${a}:${b}${c === '0' ? '' : `:${c}`}`;
      const address = `${network}::${d === '0' ? '' : d}`;
      if (port !== undefined) return `[${address}]:${port}`;
      return length === undefined ? address : `${address}/${prefixInIpv6(Number(length))}`;
    },
  );
}

/** Sixteen bits before the first octet, and sixteen for each: of a part of an octet, the bits are the last of them. */
function prefixInIpv6(length: number): number {
  if (length === 32) return 128;
  const [octets, bits] = [Math.floor(length / 8), length % 8];
  return 16 * (octets + 1) + (bits === 0 ? 0 : 8 + bits);
}

function nftInIpv6(body: string): string {
  return (
    addressesInIpv6(namesInIpv6(body))
      .replaceAll('ipv4_addr', 'ipv6_addr')
      .replaceAll(/\bip ([sd]addr)\b/g, 'ip6 $1')
      // IPv6 tells the length of what comes behind its header, IPv4 that of everything.
      .replaceAll('ip length > 60', 'ip6 length > 40')
      .replaceAll(/\bip ttl\b/g, 'ip6 hoplimit')
      .replaceAll(/ ip id set [0-9]+/g, '')
  );
}

/** The names of kube-proxy's chains and sets hold an endpoint's address and port: there a colon is a dot. */
const namesInIpv6 = (body: string): string =>
  body.replace(
    /__([0-9.]+)\/([0-9]+)/g,
    (_, address: string, port: string) => `__${addressesInIpv6(address).replaceAll(':', '.')}/${port}`,
  );

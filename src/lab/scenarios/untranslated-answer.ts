// Answers pass by the node that translated the questions: they come to the client with the pod's own address, and its kernel resets them.
import type { Change } from '../../model/plan.ts';
import type { FaultStep } from '../../model/fault.ts';
import type { Choice, Named, Setup } from '../../model/scenario.ts';
import { bridged, usesBridge } from './bridged-pods.ts';
import type { LabScenario } from './lab-scenario.ts';
import { secondNetwork, wayBySecondNetwork } from './second-network.ts';
import {
  briefDefaults,
  coLocatedAddress,
  headlessService,
  serverAddress,
  servicePort,
  serviceWorld,
  type WorldOptions,
} from './service-world.ts';

const oneBridge = 'one-bridge';
const noTrack = 'untracked';
const secondWay = 'second-network';
const forLong = 'untracked-for-long';

const anotherWay: Named = {
  name: 'another-way-back',
  about: 'for a moment the answers pass by the translation: by a bridge, another network, or a rule',
};
const masquerade = 'masquerade';

/** Questions that were sent again after 200 ms find the way back right again: they meet no socket. */
const briefMs = 150;
/** Longer than a client waits for an answer, or for a connection. */
const patienceMs = 780;
const longMs = 1_600;

export const scenario: LabScenario<'untranslated-answer'> = {
  name: 'untranslated-answer',
  about: 'answers take a way on which nobody translates them back, and the client’s kernel resets them',
  factors: [anotherWay],
  variants: [
    {
      name: oneBridge,
      about:
        'server and client on one bridge whose packets netfilter does not see (bridge-nf-call-iptables=0)',
    },
    { name: noTrack, about: 'a rule NOTRACK for the server’s answers to the co-located client' },
    {
      name: secondWay,
      about: 'the server’s pod has a route to the remote client over a second network of the pods',
    },
    { name: forLong, about: 'as untracked, for longer than clients wait: no connection can be made either' },
  ],
  fixes: {
    [masquerade]: 'kube-proxy --masquerade-all: answers go to the node, which the questions come from',
    [headlessService.name]: headlessService.about,
  },
  defaults: briefDefaults(10_000),
  needsPod: 'the answers that pass by are ones of a pod, which its node forwards',
  realTime: true,
  expected(choice) {
    if (!isBroken(choice) || choice.variant === forLong) return 'none';
    return choice.variant === secondWay ? 'remote-only' : 'co-located-only';
  },
  expectedCause: (choice) => (isBroken(choice) ? 'untranslated-answer' : null),
  // Its kernel has a socket for what it dialled, and none for the pod.
  expectedAuthor: (choice) => (isBroken(choice) ? ['client-kernel'] : []),
  setup(choice): Setup {
    const { variant, fix } = choice;
    const options: WorldOptions = {
      // As in mode nftables: where INVALID packets are dropped, the client's RST never comes to the server.
      dropInvalid: false,
      masqueradeAll: fix === masquerade,
      ...(variant === forLong ? { clientTimeoutMs: patienceMs } : {}),
    };
    const world = serviceWorld(choice, options);
    const plan =
      variant === oneBridge
        ? bridged(world.plan)
        : variant === secondWay
          ? [...world.plan, ...secondNetwork]
          : world.plan;
    return { ...world, plan, faults: hasAnotherWay(choice) ? [fault(choice)] : [] };
  },
};

const hasAnotherWay = ({ factors }: Choice) => factors[anotherWay.name] === true;
const isBroken = (choice: Choice) => hasAnotherWay(choice) && choice.fix === null;

function fault({ variant }: Choice): Setup['faults'][number] {
  const [lastsMs, everyMs] = variant === forLong ? [longMs, 3_400] : [briefMs, 750];
  return {
    about: 'the answers pass by the translation, and no longer do',
    ...{ firstMs: 1_200, everyMs, jitterMs: 100 },
    steps: steps(lastsMs, wayOf(variant)),
  };
}

const steps = (lastsMs: number, [begin, end]: readonly [Change, Change]): FaultStep[] => [
  { afterMs: 0, actions: [begin] },
  { afterMs: lastsMs, actions: [end] },
];

/** What leads the answers past the translation, and what ends that. */
function wayOf(variant: string): readonly [Change, Change] {
  if (variant === oneBridge) return usesBridge;
  if (variant === secondWay) return wayBySecondNetwork;
  const answers = `-i cali-server -s ${serverAddress} -d ${coLocatedAddress} -p tcp --sport ${servicePort}`;
  const rule = { table: 'raw', chain: 'PREROUTING', place: 'first', rule: `${answers} -j NOTRACK` } as const;
  return [
    { do: 'add-chain-rule', netns: 'node-1', rule },
    { do: 'delete-chain-rule', netns: 'node-1', rule },
  ];
}

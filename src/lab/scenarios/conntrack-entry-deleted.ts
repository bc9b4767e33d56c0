// A program deletes the conntrack entry that carried a rewrite; the entry made anew rewrites otherwise, or not at all.
import type { EntryFilter } from '../../model/plan.ts';
import type { Choice, Setup } from '../../model/scenario.ts';
import type { LabScenario } from './lab-scenario.ts';
import {
  briefDefaults,
  hasVisibility,
  headlessService,
  intranodeVisibility,
  serverAddress,
  serviceWorld,
} from './service-world.ts';

const all = 'all-of-the-server';
const secondEntry = 'second-entry-only';
const serverFirst = 'server-speaks-first';
const serverFirstRemote = 'server-speaks-first-remote';

/** What is deleted, where, and whether the server speaks unasked, so that its packet is the first that finds no entry. */
const variants: Readonly<
  Record<string, { node: string; filter: EntryFilter; serverSpeaksFirst: boolean } | undefined>
> = {
  [all]: { node: 'node-1', filter: { replySource: serverAddress }, serverSpeaksFirst: false },
  [secondEntry]: { node: 'node-1', filter: { originalDestination: serverAddress }, serverSpeaksFirst: false },
  [serverFirst]: { node: 'node-1', filter: { replySource: serverAddress }, serverSpeaksFirst: true },
  [serverFirstRemote]: { node: 'node-2', filter: { replySource: serverAddress }, serverSpeaksFirst: true },
};

export const scenario: LabScenario<'conntrack-entry-deleted'> = {
  name: 'conntrack-entry-deleted',
  about: 'an agent deletes the conntrack entries of the server’s address while connections live',
  factors: [intranodeVisibility],
  variants: [
    {
      name: all,
      about: 'on the server’s node, every entry whose replies come from the server (as Felix does)',
    },
    {
      name: secondEntry,
      about: 'on the server’s node, only the entries of packets that are translated already',
    },
    { name: serverFirst, about: 'as the first, but the server also speaks unasked: its line finds no entry' },
    { name: serverFirstRemote, about: 'on the other node, with a server that also speaks unasked' },
  ],
  fixes: { [headlessService.name]: headlessService.about },
  defaults: briefDefaults(10_000),
  expected(choice) {
    if (choice.fix !== null) return 'none';
    if (choice.variant === serverFirstRemote) return 'remote-only';
    // Without the second crossing a client's packet makes the same entry again; only a server's packet does not.
    return hasVisibility(choice) || choice.variant === serverFirst ? 'co-located-only' : 'none';
  },
  expectedCause: (choice) => (scenario.expected(choice) === 'none' ? null : 'conntrack-entry-deleted'),
  // The first packet that finds no entry reaches a kernel without a socket for it. A client's reaches the server's kernel; a line
  // of the server's own, the client's. Where both speak, either is first for some of the connections.
  expectedAuthor(choice) {
    if (scenario.expectedCause(choice) === null) return [];
    return variantOf(choice).serverSpeaksFirst ? ['client-kernel', 'server-kernel'] : ['server-kernel'];
  },
  setup(choice): Setup {
    const { node, filter, serverSpeaksFirst } = variantOf(choice);
    return {
      ...serviceWorld(choice, serverSpeaksFirst ? { server: { pushEveryMs: 25 } } : {}),
      faults: [
        {
          about: 'an agent deletes entries',
          ...{ firstMs: 1_200, everyMs: 650, jitterMs: 100 },
          steps: [{ afterMs: 0, actions: [{ do: 'delete-entries', netns: node, filter }] }],
        },
      ],
    };
  },
};

function variantOf({ variant }: Choice) {
  const found = variants[variant];
  if (found === undefined) throw new Error(`no variant "${variant}"`);
  return found;
}

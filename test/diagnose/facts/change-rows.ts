// The table's rows of what changed meanwhile: rules, entries, links and listeners.
import { good, listener, port, routeGone, source } from '../made-by-hand.ts';
import type { Row } from './row.ts';
import { accepted, firstEntry, rule, secondEntry } from '../story-events.ts';
import { reset, timedOut, monitor, listeners, watchedTalk, ownEntry, noEntry } from './small-stories.ts';

export const changeRows = {
  'rule changed': {
    seen: { nodes: [...watchedTalk, rule(good + 0.05, 'deleted')], probes: timedOut },
    notSeen: { nodes: [...watchedTalk, ...monitor], probes: timedOut },
    unknowable: {
      nodes: [...watchedTalk, ...monitor, source('ip-monitor', 'limited', { lost: 2 })],
      probes: timedOut,
      missing: 'what-was-lost',
    },
  },
  'rule moved the port': {
    seen: {
      nodes: [...ownEntry, rule(good + 0.05, 'deleted'), ...monitor],
      probes: [...reset, accepted(1, 5_001)],
    },
    notSeen: { nodes: [...ownEntry, ...monitor], probes: [...reset, accepted(1, 5_001)] },
    unknowable: { nodes: ownEntry, probes: reset, missing: 'ip-monitor' },
  },
  'entry deleted by a program': {
    seen: {
      nodes: [...ownEntry, firstEntry(good + 0.05, port, 'destroy', { deletedByProgram: true })],
      probes: reset,
    },
    notSeen: { nodes: ownEntry, probes: reset },
    unknowable: noEntry,
  },
  'entry expired': {
    seen: { nodes: [...ownEntry, firstEntry(good + 0.05, port, 'destroy')], probes: reset },
    notSeen: { nodes: ownEntry, probes: reset },
    unknowable: noEntry,
  },
  'entry may have run out': {
    seen: noEntry,
    notSeen: { nodes: ownEntry, probes: reset },
    unknowable: 'that nobody saw it stay is seen by whoever looks',
  },
  'picked up in mid-stream': {
    seen: {
      nodes: [...ownEntry, secondEntry(good + 0.05, port, 5_002, 'new', { state: 'ESTABLISHED' })],
      probes: reset,
    },
    notSeen: { nodes: ownEntry, probes: reset },
    unknowable: noEntry,
  },
  'endpoint changed': {
    seen: { nodes: [...ownEntry, routeGone(good + 0.05)], probes: reset },
    notSeen: { nodes: [...ownEntry, ...monitor], probes: reset },
    unknowable: { nodes: ownEntry, probes: reset, missing: 'ip-monitor' },
  },
  'listener closed': {
    seen: { nodes: [...ownEntry, listener(0.5, 'opened'), listener(good + 0.05, 'closed')], probes: reset },
    notSeen: { nodes: [...ownEntry, ...listeners], probes: reset },
    unknowable: {
      nodes: [...ownEntry, ...listeners, source('listeners', 'limited', { blindTo: ['pods'] })],
      probes: reset,
      missing: 'listeners',
    },
  },
  "listener's process ended": {
    seen: { nodes: [...ownEntry, listener(good + 0.05, 'closed', 'ended')], probes: reset },
    notSeen: { nodes: [...ownEntry, listener(good + 0.05, 'closed', 'lives')], probes: reset },
    unknowable: {
      nodes: [...ownEntry, listener(good + 0.05, 'closed')],
      probes: reset,
      missing: 'owner-of-listener',
    },
  },
} as const satisfies Partial<Record<string, Row>>;

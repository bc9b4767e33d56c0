// `netdebug mesh …`: a whole cluster, all the time. It stands on every node, so each part loads its own file alone, and what it runs only
// when it is run.
import { Command } from 'commander';
import { wantedParts, type Parts } from './wanted-parts.ts';

const parts: Parts = {
  server: async () => (await import('./mesh/server.ts')).serverCommand(),
  agent: async () => (await import('./mesh/agent.ts')).agentCommand(),
  coordinator: async () => (await import('./mesh/coordinator.ts')).coordinatorCommand(),
  evidence: async () => (await import('./mesh/evidence.ts')).evidenceCommand(),
  status: async () => (await import('./mesh/status.ts')).statusCommand(),
};

/** @param argv The words after `netdebug`. */
export async function command(argv: readonly string[]): Promise<Command> {
  const mesh = new Command('mesh').description(
    'watch a whole cluster all the time, with Kubernetes, Prometheus and Grafana',
  );
  for (const part of await wantedParts(parts, 'mesh', argv)) mesh.addCommand(part);
  return mesh;
}

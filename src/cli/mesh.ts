// `netdebug mesh …`: a whole cluster, all the time. Each part loads what it runs only when it is run: it stands on every node.
import { Command } from 'commander';
import { agentCommand } from './mesh/agent.ts';
import { coordinatorCommand } from './mesh/coordinator.ts';
import { evidenceCommand } from './mesh/evidence.ts';
import { serverCommand } from './mesh/server.ts';
import { statusCommand } from './mesh/status.ts';

export function command(): Command {
  const mesh = new Command('mesh').description(
    'watch a whole cluster all the time, with Kubernetes, Prometheus and Grafana',
  );
  const parts = [serverCommand(), agentCommand(), coordinatorCommand(), evidenceCommand(), statusCommand()];
  for (const part of parts) mesh.addCommand(part);
  return mesh;
}

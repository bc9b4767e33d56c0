// A configuration with which Prometheus scrapes the lab's mesh as it would scrape a cluster's: same job names, same labels.
import { controlAddress, meshPorts, type MeshTopology } from '../topologies/mesh.ts';

/** @param rules Files of recording rules and alerts. */
export function prometheusConfig(
  { members }: MeshTopology,
  rules: readonly string[],
  scrapeMs: number,
): string {
  const every = `${scrapeMs}ms`;
  const job = (component: string, targets: { address: string; labels: Record<string, string> }[]) => ({
    job_name: `netdebug-mesh-${component}`,
    static_configs: targets.map(({ address, labels }) => ({ targets: [address], labels })),
  });
  const config = {
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: rules,
    scrape_configs: [
      job(
        'agent',
        members.map(({ node, agent }) => ({
          address: `${agent.address}:${meshPorts.metrics}`,
          labels: { node: node.name },
        })),
      ),
      job(
        'server',
        members.map(({ node, server }) => ({
          address: `${server.address}:${meshPorts.metrics}`,
          labels: { node: node.name },
        })),
      ),
      job('coordinator', [{ address: `${controlAddress}:${meshPorts.coordinator}`, labels: {} }]),
    ],
  };
  // YAML 1.2 takes JSON as it is.
  return `${JSON.stringify(config, null, 1)}\n`;
}

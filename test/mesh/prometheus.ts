// The Prometheus that the set-up has unpacked.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
const folder = join(root, 'node_modules/.cache/prometheus/usr/bin');

export const prometheus = join(folder, 'prometheus');
export const promtool = join(folder, 'promtool');
export const noPrometheus = existsSync(promtool)
  ? false
  : 'Prometheus is not unpacked (node scripts/setup.mjs test)';

export const rulesFile = join(root, 'manifests/mesh/rules/netdebug-mesh.yaml');
export const watchRulesFile = join(root, 'manifests/mesh/rules/netdebug-watch.yaml');

// Flags that bound where an agent's connections may go.
import { Option } from 'commander';
import { defaultRanges, parseRanges, type Range } from '../../mesh/agent/target-ranges.ts';
import { Problem } from '../../model/problem.ts';
import { addresses, port } from '../probe-flags.ts';

export function targetRangesOption(): Option {
  return new Option('--target-ranges <cidrs>', 'dial only into these: the ranges of pods and Services')
    .env('NETDEBUG_TARGET_RANGES')
    .argParser(targetRanges)
    .default(targetRanges(defaultRanges), `private addresses: ${defaultRanges}`);
}

function targetRanges(text: string): Range[] {
  const ranges = parseRanges(text);
  if (ranges !== undefined) return ranges;
  throw new Problem(
    'usage',
    `--target-ranges: "${text}" are no ranges; write them like 10.44.0.0/14,10.48.0.0/20,fd00::/8.`,
  );
}

export function targetPortsOption(): Option {
  const parse = (text: string) => text.split(',').map((one) => port('--target-ports', 1)(one.trim()));
  return new Option('--target-ports <ports>', 'dial only these: the ports of the servers and their Services')
    .env('NETDEBUG_TARGET_PORTS')
    .argParser(parse)
    .default(parse('8080'), '8080');
}

export function hostAddressesOption(): Option {
  return new Option(
    '--host-addresses <addresses>',
    'never dial these, though they are in --target-ranges: the own node’s',
  )
    .env('NETDEBUG_HOST_ADDRESSES')
    .argParser(addresses('--host-addresses'))
    .default([], 'none');
}

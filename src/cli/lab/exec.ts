// `netdebug lab exec WHERE -- CMD`: a command, or a shell, inside a world that another terminal holds.
import { Command } from 'commander';
import { Problem } from '../../model/problem.ts';
import { ownName } from '../../system/own-program.ts';
import { callShell, findWorlds } from '../../lab/world/world-shell.ts';
import { insideWord } from './world-process.ts';
import { whole } from './lab-flags.ts';

export function execCommand(): Command {
  return new Command('exec')
    .description('run a command inside a node, a pod or the vpc of a world that lives')
    .argument('<where>', 'node-1, node-2, vpc, or a pod: server, co-located-client, remote-client')
    .argument('[command...]', 'the command and its arguments (default: sh)')
    .option('--world <pid>', 'which world, when several live')
    .passThroughOptions()
    .addHelpText(
      'after',
      `
Examples:
  netdebug lab run --hold                            in one terminal
  netdebug lab exec node-1 -- ip rule                in another
  netdebug lab exec node-1 -- conntrack -L
  netdebug lab exec co-located-client -- sh          a shell in the pod`,
    )
    .action(async (where: string, command: string[], flags: { world?: string }) => {
      // Passed through as typed, the `--` that ends our own options included.
      const argv = command[0] === '--' ? command.slice(1) : command;
      process.exitCode = await exec(where, argv.length === 0 ? ['sh'] : argv, flags.world);
    });
}

async function exec(where: string, argv: readonly string[], wanted: string | undefined): Promise<number> {
  const pid = pick(await findWorlds(['lab', insideWord]), wanted);
  const { stdin, stdout, stderr } = process;
  const terminal =
    stdin.isTTY && stdout.isTTY
      ? { columns: stdout.columns, rows: stdout.rows, type: process.env['TERM'] ?? 'dumb' }
      : null;
  if (terminal !== null) stdin.setRawMode(true);
  try {
    const result = await callShell(pid, { where, argv, terminal }, { stdin, stdout, stderr });
    if ('exit' in result) return result.exit;
    throw new Problem(
      'usage',
      `there is no "${where}" in that world; choose one of: ${result.unknownWhere.join(', ')}.`,
    );
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      'missing',
      `the world of process ${pid} cannot be entered (not yet built, ending, or another user's).`,
      {
        cause: error,
      },
    );
  } finally {
    if (terminal !== null) stdin.setRawMode(false);
    // A terminal that nobody reads any more would keep the process alive.
    stdin.pause();
  }
}

function pick(worlds: readonly number[], wanted: string | undefined): number {
  if (wanted !== undefined) {
    const pid = whole('--world', wanted, 1, 2 ** 22);
    if (worlds.includes(pid)) return pid;
    throw new Problem('usage', `process ${pid} holds no world; worlds: ${worlds.join(', ') || '(none)'}.`);
  }
  const [only, second] = worlds;
  if (only === undefined) {
    throw new Problem(
      'missing',
      `no world lives; start one with "${ownName()} lab run --hold" in another terminal.`,
    );
  }
  if (second !== undefined) {
    throw new Problem('usage', `several worlds live; choose one with --world: ${worlds.join(', ')}.`);
  }
  return only;
}

// Runs inside a private world: two observers, each in a network of its own and told its node by its environment, on one machine with
// one host name; in each network a rule of routing comes once.
//   two-observers-inside.ts FOLDER
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mainScript } from '../program.ts';

const [folder = ''] = process.argv.slice(2);
const observers = ['node-1', 'node-2'].map((node) => {
  // The network is made, the observer told to begin, and then the rule is added; its stdin says when.
  const script = `ip link set lo up
"$@" & observer=$!
read -r go
ip rule add not fwmark 1 lookup 7 preference 77
read -r stop
kill -TERM $observer
wait $observer`;
  const words = [process.execPath, mainScript, 'observe', '--out', folder];
  const child = spawn('unshare', ['--net', 'sh', '-c', script, 'sh', ...words], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, NETDEBUG_NODE: node },
  });
  let said = '';
  const begun = new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Observing ')) resolve();
      if (/^netdebug: /m.test(said)) reject(new Error(said));
    });
    child.once('close', () => reject(new Error(`it ended before it observed: ${said}`)));
  });
  return { child, begun };
});
try {
  await Promise.all(observers.map(({ begun }) => begun));
  for (const { child } of observers) child.stdin.write('go\n');
  const ends = observers.map(({ child }) => once(child, 'close') as Promise<[number | null]>);
  for (const { child } of observers) child.stdin.write('stop\n');
  const codes = (await Promise.all(ends)).map(([code]) => code);
  process.stdout.write(JSON.stringify(codes));
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  // The world ends with its first process, and everything in it.
  process.exit(1);
}

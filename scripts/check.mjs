// All checks that run no test: lint, which takes longest, beside the others one after the other. What a check says is printed when it has
// ended, so that no two are mixed; each is run, whatever the others found. Exit code 1 when any of them found something.
import { spawn } from 'node:child_process';

const lanes = [['lint'], ['format:check', 'types', 'layers', 'unused']];

/** True when the script ended well. */
function runScript(name) {
  return new Promise((resolve) => {
    const program = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    for (const stream of [program.stdout, program.stderr]) stream.on('data', (piece) => said.push(piece));
    program.on('error', (error) => said.push(Buffer.from(`${error.message}\n`)));
    program.on('close', (exitCode) => {
      process.stdout.write(Buffer.concat(said));
      if (exitCode !== 0) console.error(`check: npm run ${name} failed`);
      resolve(exitCode === 0);
    });
  });
}

async function runLane(names) {
  const results = [];
  for (const name of names) results.push(await runScript(name));
  return results;
}

const results = (await Promise.all(lanes.map(runLane))).flat();
if (results.includes(false)) process.exitCode = 1;

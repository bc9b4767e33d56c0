// A server that cannot listen says why, and what to do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenProblem } from '../../src/probe/listen-problem.ts';

function problem(code: string) {
  const error = Object.assign(new Error(`listen ${code}`), { code });
  const { kind, message } = listenProblem(error, { address: '10.9.9.9', port: 80 });
  return { kind, message };
}

test('a taken port is named, with the command that shows who has it', () => {
  assert.deepEqual(problem('EADDRINUSE'), {
    kind: 'missing',
    message:
      "Port 80 is taken; see by whom with: ss -ltnp 'sport = :80', and end that program or choose another port with --port.",
  });
});

test('a port that needs root says so', () => {
  assert.deepEqual(problem('EACCES'), {
    kind: 'missing',
    message: 'This user may not listen on port 80; choose one from 1024 up with --port, or run as root.',
  });
});

test("somebody else's address is wrong usage", () => {
  assert.deepEqual(problem('EADDRNOTAVAIL'), {
    kind: 'usage',
    message:
      '"10.9.9.9" is not an address of this machine; give --host one that "ip address" shows, or leave it out to listen on all.',
  });
});

test('anything else is our fault and keeps its reason', () => {
  assert.deepEqual(problem('ENOMEM'), {
    kind: 'fault',
    message: 'Cannot listen on 10.9.9.9:80: listen ENOMEM.',
  });
});

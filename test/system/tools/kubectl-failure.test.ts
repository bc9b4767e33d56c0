// What kubectl said, as real ones printed it (1.20.2 and 1.32.4), becomes a kind and a sentence that says what to do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubectlFailure, type KubectlFailureKind } from '../../../src/system/tools/kubectl-failure.ts';

const failed = (stderr: string) => kubectlFailure({ exitCode: 1, signal: null, stdout: '', stderr });

const klog =
  'E1123 07:02:32.451512    6949 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list: Get \\"http://127.0.0.1:9/api?timeout=32s\\": dial tcp 127.0.0.1:9: connect: connection refused"';

const recorded: readonly (readonly [KubectlFailureKind, string])[] = [
  ['no-context', 'error: current-context must exist in order to minify'],
  ['no-context', 'Error in configuration: context was not found for specified context: foo'],
  ['no-context', 'error: cannot locate context nowhere'],
  ['no-context', 'error: stat /nope: no such file or directory'],
  [
    'no-context',
    'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
  ],
  [
    'unreachable',
    `${klog}\nThe connection to the server 127.0.0.1:9 was refused - did you specify the right host or port?`,
  ],
  ['unreachable', 'Unable to connect to the server: dial tcp: lookup nosuchhost.invalid: no such host'],
  ['unreachable', 'Unable to connect to the server: net/http: TLS handshake timeout'],
  ['unreachable', '\ncommand timed out after 40000 ms'],
  [
    'untrusted',
    'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ],
  ['login', 'error: You must be logged in to the server (Unauthorized)'],
  [
    'login',
    'Unable to connect to the server: getting credentials: exec: executable gke-gcloud-auth-plugin not found',
  ],
  [
    'forbidden',
    'Error from server (Forbidden): deployments.apps is forbidden: User "x" cannot create resource "deployments" in API group "apps" in the namespace "default"',
  ],
  [
    'quota',
    'Error from server (Forbidden): pods "a" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=3, limited: pods=3',
  ],
  [
    'pod-security',
    'Error from server (Forbidden): pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged',
  ],
  ['not-found', 'Error from server (NotFound): namespaces "nowhere" not found'],
  ['throttled', 'Error from server (TooManyRequests): the fixture says 429'],
  ['server-error', 'Error from server (InternalError): the fixture says 500'],
  ['too-old', 'Error: unknown flag: --server-side'],
  ['other', 'error: something else'],
];

for (const [kind, stderr] of recorded) {
  test(`"${stderr.split('\n').at(-1) ?? ''}" is read as ${kind}`, () => {
    const failure = failed(stderr);
    assert.equal(failure.kind, kind);
    assert.equal(failure.passing, kind === 'throttled' || kind === 'server-error');
  });
}

test('the sentence quotes the last line that is not one of klog, without its prefix', () => {
  assert.equal(
    failed(
      `${klog}\nThe connection to the server 127.0.0.1:9 was refused - did you specify the right host or port?`,
    ).sentence,
    'The cluster cannot be reached; check that it is up, and your VPN or proxy (The connection to the server 127.0.0.1:9 was refused - did you specify the right host or port?).',
  );
  assert.equal(failed('error: something else').sentence, 'kubectl failed: something else.');
});

test('a kubectl that said nothing is still given a sentence', () => {
  assert.equal(failed('').sentence, 'kubectl failed: kubectl ended with 1 and said nothing.');
});

// What kubectl's last words mean: a kind that decides what to do next, and one sentence for the user.
import type { RunResult } from '../process.ts';

export type KubectlFailureKind =
  | 'no-context'
  | 'unreachable'
  | 'untrusted'
  | 'login'
  | 'forbidden'
  | 'quota'
  | 'pod-security'
  | 'not-found'
  | 'throttled'
  | 'server-error'
  | 'too-old'
  | 'other';

export interface KubectlFailure {
  readonly kind: KubectlFailureKind;
  /** It may work when tried again at once. */
  readonly passing: boolean;
  readonly sentence: string;
}

interface Pattern {
  readonly kind: KubectlFailureKind;
  readonly match: RegExp;
  /** What to do, given what the server said. */
  readonly advice: (said: string) => string;
}

// The first that matches counts: a quota and Pod Security refuse with the same "Forbidden" as missing rights do.
const patterns: readonly Pattern[] = [
  {
    kind: 'quota',
    match: /exceeded quota|failed quota/,
    advice: (said) =>
      `A quota of the namespace leaves no room for the experiment; raise it, or use --namespace (${said}).`,
  },
  {
    kind: 'pod-security',
    match: /violates PodSecurity|PodSecurityPolicy|admission webhook .* denied/,
    advice: (said) =>
      `The cluster's admission rules refuse the pods; use a namespace that admits them with --namespace (${said}).`,
  },
  {
    kind: 'no-context',
    match:
      /current-context (?:must exist|is not set)|context was not found|cannot locate (?:context|cluster)|context .* does not exist|server localhost:8080 was refused|no configuration has been provided|error loading config file|^error: stat .*: no such file/m,
    advice: (said) =>
      `kubectl knows no cluster to talk to; choose one with --context or --kubeconfig, or as "kubectl config get-contexts" lists them (${said}).`,
  },
  {
    kind: 'login',
    match:
      /Unauthorized|must be logged in|getting credentials|exec plugin|executable .* not found|Please enter Username/,
    advice: (said) =>
      `The cluster does not accept this login; log in again, or mend the auth plugin of your kubeconfig (${said}).`,
  },
  {
    kind: 'untrusted',
    match: /x509:|certificate signed by unknown authority|tls: failed to verify/,
    advice: (said) =>
      `The cluster's certificate is not the one your kubeconfig expects; fetch its credentials anew (${said}).`,
  },
  {
    kind: 'throttled',
    match: /\(TooManyRequests\)|too many requests|Too Many Requests/,
    advice: (said) => `The cluster's API is too busy to answer; try again later (${said}).`,
  },
  {
    kind: 'server-error',
    match:
      /\((?:InternalError|ServiceUnavailable|Timeout|ServerTimeout|GatewayTimeout|BadGateway)\)|unable to handle the request|an error on the server|unexpected EOF|connection reset by peer/,
    advice: (said) => `The cluster's API failed by its own fault; try again later (${said}).`,
  },
  {
    kind: 'forbidden',
    match: /\(Forbidden\)|is forbidden/,
    advice: (said) =>
      `You are not allowed to do what the experiment needs here; ask for the right, or use --namespace (${said}).`,
  },
  {
    kind: 'unreachable',
    match:
      /connection to the server .* was refused|Unable to connect to the server|dial tcp|no such host|i\/o timeout|TLS handshake timeout|context deadline exceeded|Client\.Timeout exceeded|command timed out|connection refused|: EOF/,
    advice: (said) => `The cluster cannot be reached; check that it is up, and your VPN or proxy (${said}).`,
  },
  {
    kind: 'not-found',
    match: /\(NotFound\)|not found/,
    advice: (said) => `The cluster has no such object (${said}).`,
  },
  {
    kind: 'too-old',
    match: /unknown (?:shorthand )?flag|unknown command/,
    advice: (said) => `This kubectl is too old; install a newer one (${said}).`,
  },
];

/** Reads a kubectl call that did not end with 0. */
export function kubectlFailure(
  result: Pick<RunResult, 'stderr' | 'stdout' | 'exitCode' | 'signal'>,
): KubectlFailure {
  const text = result.stderr.trim() === '' ? result.stdout : result.stderr;
  const said =
    lastWords(text) || `kubectl ended with ${String(result.exitCode ?? result.signal)} and said nothing`;
  const found = patterns.find((pattern) => pattern.match.test(text));
  const kind = found?.kind ?? 'other';
  return {
    kind,
    passing: kind === 'throttled' || kind === 'server-error',
    sentence: found?.advice(said) ?? `kubectl failed: ${said}.`,
  };
}

/** The last line that is not klog's (`E1123 07:02:32.451512 …`), without "error:" before it and the full stop after it. */
function lastWords(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const own = lines.findLast((line) => !/^[EWIF][0-9]{4} /.test(line)) ?? lines.at(-1) ?? '';
  return own
    .replace(/^(?:error|Error from server): ?/i, '')
    .replace(/\.$/, '')
    .slice(0, 600);
}

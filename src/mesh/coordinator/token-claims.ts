// What a service account's token says of itself: enough to refuse it without asking the API, and nothing to trust it for.

export interface TokenClaims {
  /** Seconds since 1970. */
  readonly expires: number;
  /** `system:serviceaccount:NAMESPACE:NAME` */
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** Undefined when it is no token of a service account (a JSON Web Token, RFC 7519). */
export function claimsOf(token: string): TokenClaims | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8')) as {
      readonly exp?: unknown;
      readonly sub?: unknown;
      readonly aud?: unknown;
    } | null;
    const { exp, sub, aud } = claims ?? {};
    if (typeof exp !== 'number' || typeof sub !== 'string') return undefined;
    const audiences = (Array.isArray(aud) ? (aud as unknown[]) : [aud]).filter(
      (one) => typeof one === 'string',
    );
    return { expires: exp, subject: sub, audiences };
  } catch {
    return undefined;
  }
}

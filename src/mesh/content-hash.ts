// By what a part of the plan is known to be the same as before.

/** Base64url, of the content alone: who hears of a change, and who does not, depends on nothing else. */
export function contentHash(content: unknown): string {
  // Loaded with the first plan, not before: it would keep the coordinator from listening for as long as all of our own files.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}

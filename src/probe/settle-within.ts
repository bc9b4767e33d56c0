// Waits for things that depend on somebody else, but not for ever.

/** Resolves when all promises have, or after the given milliseconds, whichever comes first. */
export async function settleWithin(milliseconds: number, promises: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([Promise.all(promises), patience]);
  clearTimeout(timer);
}

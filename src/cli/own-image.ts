// The image that a release names as its own; a bundle has the fact in place of this file (scripts/bundle/own-facts.mjs).

/** Of the Dockerfile's target `observer`; null where there is none, as in a checkout. */
export const ownObserverImage: string | null = null;

// What the coordinator says of itself with each answer.

/** Present while it does not hear the Kubernetes API: what it says may be old. */
export const staleHeader = 'netdebug-stale';
/** The node that it is on, where it knows. */
export const placeHeader = 'netdebug-node';

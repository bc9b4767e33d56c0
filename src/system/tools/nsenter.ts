// How a program is run in the network namespace of a process. `ip netns exec` would mount /sys anew, which hides tracefs and the cgroups.

/**
 * The words that run a command in the network namespace of the process whose folder in /proc that is; as they are for our own
 * (`/proc/self`). It takes CAP_SYS_ADMIN.
 */
export function inNetworkOf(proc: string, argv: readonly string[]): string[] {
  return proc === '/proc/self' ? [...argv] : ['nsenter', `--net=${proc}/ns/net`, ...argv];
}

/** The same for one with a name of `ip netns`. */
export function inNamedNetwork(netns: string, argv: readonly string[]): string[] {
  return ['nsenter', `--net=/run/netns/${netns}`, ...argv];
}

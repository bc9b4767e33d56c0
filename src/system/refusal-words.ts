// What programs say when the kernel refuses them something for want of a right.

/** Whether those are such words. */
export const isRefusal = (said: string): boolean =>
  /not permitted|permission denied|must be root|don't have permission/i.test(said);

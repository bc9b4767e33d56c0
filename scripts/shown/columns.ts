/** What pages show is set as in a terminal of this width: wider blocks are cut off where pages are read. */
export const columns = { COLUMNS: '100' };

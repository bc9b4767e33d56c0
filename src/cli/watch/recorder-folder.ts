// Where running watches listen to whoever asks about what is past.

export type RecorderFolder = { readonly folder: string } | { readonly folder: null; readonly why: string };

/** Root's in /run, anybody else's where the system keeps what is theirs alone, if it does. */
export function recorderFolder(): RecorderFolder {
  if (process.getuid?.() === 0) return { folder: '/run/netdebug' };
  const own = process.env['XDG_RUNTIME_DIR'] ?? '';
  if (own.startsWith('/')) return { folder: `${own}/netdebug` };
  return { folder: null, why: 'XDG_RUNTIME_DIR, which would be the place for it, is not set' };
}

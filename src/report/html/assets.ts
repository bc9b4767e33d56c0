// The page's style and script, read once, and their hashes for the page's security policy.
import { createHash } from 'node:crypto';
import { readAsset } from './read-asset.ts';

export interface Asset {
  readonly text: string;
  /** As Content-Security-Policy names it: `'sha256-…'`. */
  readonly source: string;
}

function asset(name: string): Asset {
  const text = readAsset(name);
  return { text, source: `'sha256-${createHash('sha256').update(text).digest('base64')}'` };
}

export const pageStyle = asset('page.css');
export const timelineScript = asset('timeline.mjs');
export const liveScript = asset('live.mjs');

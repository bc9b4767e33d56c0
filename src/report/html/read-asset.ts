// The page's style and scripts as text, from the files beside the code; a bundle has the texts in place of this file
// (scripts/bundle/own-facts.mjs).
import { readFileSync } from 'node:fs';

/** @param name A file of src/report/assets. Throws when there is none. */
export const readAsset = (name: string): string =>
  readFileSync(new URL(`../assets/${name}`, import.meta.url), 'utf8');

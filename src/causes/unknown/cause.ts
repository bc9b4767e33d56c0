// Nothing explains it: no evidence leads here, it is what remains.
import { defineCause } from '../define-cause.ts';
import { page } from './page.ts';

export const cause = defineCause(page, null);

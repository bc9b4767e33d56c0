// Not run: `npm run types` fails when one of these mistakes is none to the compiler.
import { defineCause } from '../../src/causes/define-cause.ts';
import { page } from '../../src/causes/silent-drop/page.ts';
import type { LabScenario } from '../../src/lab/scenarios/lab-scenario.ts';

type SilentDrop = LabScenario<'silent-drop'>;

export const right: SilentDrop['fixes'] = { 'patient-client': '', 'stateful-firewall': '' };

// @ts-expect-error A fix that the page says the lab shows is missing.
export const lacking: SilentDrop['fixes'] = { 'patient-client': '' };

export const tooMany: SilentDrop['fixes'] = {
  ...right,
  // @ts-expect-error The page says that this one was not run in the lab.
  'notice-and-reconnect': '',
};

// @ts-expect-error There is no such cause.
export const misspelt: ReturnType<SilentDrop['expectedCause']> = 'silent-drops';

const rest = { shownBy: [], suggestedBy: [], contradictedBy: [], sentence: () => '' };

export const author = defineCause(page, { authors: ['nobody'], ...rest });

// @ts-expect-error The page does not name this author.
export const foreignAuthor = defineCause(page, { authors: ['node-rule'], ...rest });

// docs/report.md and what stands beside its pictures, made of the pages that it shows; pure.
import { defaultScenario } from '../../src/lab/scenarios/index.ts';
import { digestOf, style, type ShownPage } from './shown-page.ts';

/** Where a picture is taken: the first screen of a laptop and of a phone. */
export const windows = [
  { name: 'wide', width: 1_280, height: 800 },
  { name: 'narrow', width: 390, height: 844 },
] as const;

export type WindowName = (typeof windows)[number]['name'];

/** Below docs. */
export const pictures = 'pictures';
export const pictureName = (page: string, window: WindowName): string => `report-${page}-${window}.webp`;
/** Beside the pictures: the digests of the pages that they were taken of, by name. */
export const digestsName = 'report-pages.json';
/** README's, which the package has, too. */
export const readmePicture = { name: 'report.webp', of: pictureName(defaultScenario, 'wide') };

const rows = 24;

export function reportPage(pages: readonly ShownPage[]): string {
  return `${[
    '# What a report looks like',
    `Each scenario of the lab, a capture by somebody else and a watch: what happens in it, the last ${rows} lines of a terminal that is ${style.columns} columns wide, and the first screen of the page, on a laptop and on a phone.`,
    'Every run leaves its folder with `report.html`, one file that opens anywhere; `bin/netdebug report DIR` renders it again, as text, JSON, JUnit, HTML or Markdown. The runs are those of `test/recorded/runs`, of five seconds with two connections a class, so that few of them decide how often each class is hit; who and why they do. This page and its pictures are made by `npm run record:pictures`.',
    pages.map(({ heading }) => `[${heading}](#${anchorOf(heading)})`).join(' · '),
    ...pages.map(sectionOf),
  ].join('\n\n')}\n`;
}

const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-');

function sectionOf(page: ShownPage): string {
  const { name, heading, about, command, printed } = page;
  const image = ({ name: window }: (typeof windows)[number]) =>
    `![${altOf(page, window)}](${pictures}/${pictureName(name, window)})`;
  return [
    `## ${heading}`,
    `What happens: ${about}.`,
    `\`\`\`\n${command}\n\`\`\``,
    `\`\`\`\n${printed.slice(-rows).join('\n')}\n\`\`\``,
    ...windows.map(image),
  ].join('\n\n');
}

const on: Readonly<Record<WindowName, string>> = { wide: 'on a laptop', narrow: 'on a phone' };

/** What is on it, in words. */
function altOf({ screen }: ShownPage, window: WindowName): string {
  const [answer] = screen.answers;
  const said = answer === undefined ? '' : ` Who: ${answer.who.words}. Why: ${answer.why.words}.`;
  return `The page ${on[window]}: ${screen.headline}${said}`;
}

export const digestsOf = (pages: readonly ShownPage[]): string =>
  `${JSON.stringify(Object.fromEntries(pages.map((page) => [page.name, digestOf(page)])), null, 2)}\n`;

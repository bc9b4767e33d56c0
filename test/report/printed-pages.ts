// What a printed page is: a PDF by the browser, read by its own structure, which names the sheet that each piece is on.
import type { Page } from 'playwright-core';

/** A4 without the margins that page.css asks for, in CSS pixels. */
export const sheet = { width: 688, height: 1_016 };

/** Of each table in the document's order, the sheets that it is on. */
export async function sheetsOfTables(page: Page): Promise<readonly (readonly string[])[]> {
  const pdf = (await page.pdf({ format: 'A4', tagged: true, printBackground: true })).toString('latin1');
  const objects = new Map<string, string>();
  for (const [, id = '', body = ''] of pdf.matchAll(/^(\d+) 0 obj\n(<<\/Type \/StructElem\n.*?)\nendobj/gms))
    objects.set(id, body);
  const tables: string[][] = [];
  const visit = (id: string, table: Set<string> | null): void => {
    const body = objects.get(id) ?? '';
    const own = /^\/S \/Table\b/m.test(body) ? new Set<string>() : table;
    for (const [, sheetId = ''] of body.matchAll(/\/Pg (\d+) 0 R/g)) own?.add(sheetId);
    // References to other elements, among numbers of marked content.
    const kids = /^\/K (\[.*?\]|\d+ 0 R)/ms.exec(body)?.[1] ?? '';
    for (const [, kid = ''] of kids.matchAll(/(\d+) 0 R/g)) if (objects.has(kid)) visit(kid, own);
    if (own !== table && own !== null) tables.push([...own]);
  };
  const root = /\/Type \/StructTreeRoot\n\/K (\d+) 0 R/.exec(pdf)?.[1] ?? '';
  visit(root, null);
  return tables;
}

/** What reaches beyond the sheet, and what would have to be scrolled there. */
export async function tooWideForPaper(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(() => {
    const text = (one) => one.outerHTML.slice(0, 90);
    const wide = [...document.querySelectorAll('main *')].filter((one) => one.closest('svg') === null && one.getBoundingClientRect().right > innerWidth + 1);
    const scrolls = [...document.querySelectorAll('.scroll, pre')].filter((one) => one.scrollWidth > one.clientWidth + 1);
    return [...wide.slice(0, 3).map((one) => 'too wide: ' + text(one)), ...scrolls.slice(0, 3).map((one) => 'would scroll: ' + text(one))];
  })()`);
}

/** Folds whose content has no room on the sheet. */
export async function foldsUnprinted(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`[...document.querySelectorAll('details')]
    .filter((fold) => ![...fold.children].slice(1).every((one) => one.checkVisibility({ contentVisibilityAuto: true }) && one.getBoundingClientRect().height > 0))
    .map((fold) => 'folded: ' + fold.firstElementChild.textContent.slice(0, 60))`);
}

// Debian's Chromium, as a user would open a page in it: everything that it says or asks for is kept.
import { access, mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';
const flags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Why there is no browser, for a visible skip; false when there is one. */
export async function browserSkip(): Promise<string | false> {
  const there = await access(executablePath).then(
    () => true,
    () => false,
  );
  return there ? false : `${executablePath} is missing; type: apt-get install chromium`;
}

/** A browser with an empty profile, which goes when it is closed. */
export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath, args: flags });

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, and exceptions. */
  readonly complaints: readonly string[];
  /** Addresses of all requests, the page's own among them. */
  readonly requests: readonly string[];
}

/** Opens the address in a profile of its own, which is closed with the test. */
export async function openPage(
  t: TestContext,
  browser: Browser,
  url: string,
  look: Look = {},
): Promise<OpenPage> {
  const open = await lookAt(browser, url, look);
  t.after(() => open.page.context().close());
  return open;
}

/** The same, for whoever closes the page's context. */
export async function lookAt(browser: Browser, url: string, look: Look): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1_280, height: look.height ?? 900 },
    colorScheme: look.colorScheme ?? 'light',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests };
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeResult {
  readonly violations: {
    readonly id: string;
    readonly nodes: { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** What axe-core finds wrong, one line for each kind. */
export async function axeViolations(page: Page): Promise<string[]> {
  // Run by the debugger, not by the page, so that the page's policy stays as it is.
  await page.evaluate(await readFile(axePath, 'utf8'));
  const { violations } = await page.evaluate<AxeResult>('axe.run()');
  return violations.map(
    ({ id, nodes }) =>
      `${id} (${nodes.length}): ${nodes[0]?.html.slice(0, 200) ?? ''} ${nodes[0]?.failureSummary ?? ''}`,
  );
}

/** Elements whose text or picture reaches beyond the page's sides, and texts of a drawing that cover each other. */
export async function layoutFaults(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(() => {
    const faults = [];
    if (document.documentElement.scrollWidth > innerWidth) faults.push('the page is wider than the window');
    for (const element of document.querySelectorAll('h1, h2, h3, p, li, td, th, dt, dd, svg text, figcaption, .row-name')) {
      if (element.closest('.scroll, pre, details:not([open])')) continue;
      const box = element.getBoundingClientRect();
      if (box.width > 0 && (box.left < -1 || box.right > innerWidth + 1)) faults.push('cut off: ' + element.textContent.slice(0, 60));
    }
    for (const group of document.querySelectorAll('svg.drawing, svg.axis, svg.levels')) {
      const boxes = [...group.querySelectorAll('text')].map((text) => [text, text.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
      for (const [one, a] of boxes) for (const [other, b] of boxes) {
        if (one === other || a.left >= b.right - 1 || b.left >= a.right - 1 || a.top >= b.bottom - 3 || b.top >= a.bottom - 3) continue;
        faults.push('overlap: ' + one.textContent + ' / ' + other.textContent);
      }
    }
    return faults;
  })()`);
}

/** Those of the elements, all of which there are, that are not wholly seen before anybody scrolls, or whose text is cut off. */
export async function unseenInViewport(page: Page, selectors: readonly string[]): Promise<string[]> {
  return await page.evaluate<string[]>(
    `${JSON.stringify(selectors)}.flatMap((selector) => {
      const element = document.querySelector(selector);
      if (element === null) return ['missing: ' + selector];
      const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
      const inside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && width > 0 && height > 0;
      const cut = [element, ...element.querySelectorAll('pre, dd')].some((one) => one.scrollWidth > one.clientWidth + 1);
      return [...(inside && scrollY === 0 ? [] : ['not in view: ' + selector + ' ends at ' + right + ', ' + bottom]), ...(cut ? ['cut off: ' + selector] : [])];
    })`,
  );
}

/** What makes the page wider than its window, with every fold open: what is too wide must scroll in a box of its own. */
export async function overflows(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(() => {
    for (const fold of document.querySelectorAll('details')) fold.open = true;
    if (document.scrollingElement.scrollWidth <= innerWidth) return [];
    const wide = [...document.querySelectorAll('main *')].filter((one) => one.closest('.scroll, pre, svg') === null && one.getBoundingClientRect().right > innerWidth + 1);
    return ['the page is ' + document.scrollingElement.scrollWidth + ' wide', ...wide.slice(0, 5).map((one) => 'too wide: ' + one.outerHTML.slice(0, 90))];
  })()`);
}

/** Keeps a picture of the whole page in artifacts/, for CI to keep. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = join(import.meta.dirname, '../../artifacts');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

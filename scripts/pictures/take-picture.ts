// The first screen of a page as Debian's Chromium draws it.
import type { Browser } from 'playwright-core';
import { lookAt, type Look } from '../../test/report/browser.ts';

/** WebP. */
export async function takePicture(browser: Browser, url: string, look: Look): Promise<Buffer> {
  const { page, complaints } = await lookAt(browser, url, look);
  try {
    if (complaints.length > 0) throw new Error(`the page complains: ${complaints.join('; ')}`);
    await page.evaluate('document.fonts.ready');
    // Two frames later all is drawn.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const session = await page.context().newCDPSession(page);
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 70 });
    return Buffer.from(data, 'base64');
  } finally {
    await page.context().close();
  }
}

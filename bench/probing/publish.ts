// Puts a run into docs/performance.md, or leaves the page as it is.
import { readFile, writeFile } from 'node:fs/promises';
import { conclude, page, type Circumstances, type Conclusion, type Section } from './page.ts';

/** Writes only when that is asked for and every figure may be published; what stands below the page's mark is kept. */
export async function publish(
  document: string,
  sections: readonly Section[],
  circumstances: Circumstances,
  wanted: boolean,
): Promise<Conclusion & { readonly written: boolean }> {
  const conclusion = conclude(sections);
  const written = wanted && conclusion.mayBePublished;
  if (written) {
    const before = await readFile(document, 'utf8').catch(() => '');
    await writeFile(document, page(sections, circumstances, before));
  }
  return { ...conclusion, written };
}

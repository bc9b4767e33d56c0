// How often `explain --symptom` leads to the right page: by symptoms of public reports, in the words of somebody who has the problem.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPages, symptomIn } from '../../src/causes/by-symptom/symptom-search.ts';
import type { CatalogueEntry } from '../../src/causes/cause-page.ts';
import { z } from '../../src/model/schema.ts';

const reportSchema = z.strictObject({
  /** owner/repository#number. */
  report: z.string().regex(/^[\w.-]+\/[\w.-]+#[0-9]+$/),
  symptom: z.string().min(1),
  cause: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  /** Whether the symptom was written from the thread; otherwise from what its cause does. */
  read: z.boolean(),
});

export type KnownReport = z.infer<typeof reportSchema>;

export interface ReportSet {
  readonly name: 'known' | 'found-later';
  readonly reports: readonly KnownReport[];
}

const folder = join(import.meta.dirname, '../../test/symptoms');

export const reportSets = (): ReportSet[] =>
  (['known', 'found-later'] as const).map((name) => ({
    name,
    reports: z.array(reportSchema).parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))),
  }));

export interface Figures {
  readonly reports: number;
  /** Their causes have no page: not looked for. */
  readonly withoutPage: number;
  readonly asked: number;
  readonly first: number;
  readonly amongTwo: number;
  readonly amongThree: number;
  readonly missed: readonly {
    readonly report: string;
    readonly cause: string;
    readonly found: readonly string[];
  }[];
}

export function figuresOf(reports: readonly KnownReport[], catalogue: readonly CatalogueEntry[]): Figures {
  const ids = catalogue.map(({ id }) => id);
  const asked = reports
    .filter(({ cause }) => ids.includes(cause))
    .map(({ report, symptom, cause }) => {
      const found = findPages(symptomIn(symptom), catalogue).map(({ page }) => page.id);
      return { report, cause, found, place: found.indexOf(cause) };
    });
  const upTo = (places: number) => asked.filter(({ place }) => place >= 0 && place < places).length;
  return {
    ...{ reports: reports.length, withoutPage: reports.length - asked.length, asked: asked.length },
    ...{ first: upTo(1), amongTwo: upTo(2), amongThree: upTo(3) },
    missed: asked
      .filter(({ place }) => place !== 0 && place !== 1)
      .map(({ report, cause, found }) => ({ report, cause, found })),
  };
}

// A run, or a matrix, as one self-contained page.
import { renderDiagnosisPage } from '../html/diagnosis-page.ts';
import { renderMatrixPage } from '../html/matrix-page.ts';
import { renderPage } from '../html/page.ts';
import type { Format, ShownRun } from './format.ts';

export const html = {
  name: 'html',
  fileName: 'report.html',
  printed: false,
  needs: 'events',
  renderRun: ({ view, proofs }: ShownRun) => renderPage(view, { proofs }),
  renderMatrix: renderMatrixPage,
  renderDiagnosis: renderDiagnosisPage,
} as const satisfies Format;

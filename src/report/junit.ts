// A run as a JUnit file, for a CI that shows tests: one test case per class and one for the comparison of the classes.
import type { ClassSummary, Finding, RunRecord } from '../model/run-record.ts';

interface TestCase {
  readonly name: string;
  readonly seconds: number;
  readonly result: { readonly kind: 'passed' } | { readonly kind: 'failed' | 'skipped'; readonly message: string; readonly text: string };
}

/**
 * Renders a run as JUnit XML. A class fails when it had resets or other failures, with the findings that name it as text; the
 * comparison fails when the outcome is another than `none`, and is skipped when nothing was decided.
 */
export function renderJunit(run: RunRecord): string {
  const suite = run.scenario ?? run.kind;
  return suiteXml(suite, run, [...run.classes.map((one) => classCase(one, run)), comparisonCase(run)]);
}

function classCase(one: ClassSummary, run: RunRecord): TestCase {
  const failures = [['resets', one.resets] as const, ...Object.entries(one.otherFailures)].filter(([, count]) => count > 0);
  const base = { name: `${one.name} to ${one.target}`, seconds: one.wallSeconds };
  if (failures.length === 0) return { ...base, result: { kind: 'passed' } };
  const message = failures.map(([kind, count]) => `${count} ${kind}`).join(', ');
  const findings = run.findings.filter((finding) => finding.classes.includes(one.name));
  return { ...base, result: { kind: 'failed', message, text: findings.map(findingText).join('\n\n') } };
}

function comparisonCase({ verdict, durationSeconds, findings }: RunRecord): TestCase {
  const base = { name: 'same-node against cross-node connections', seconds: durationSeconds };
  if (verdict.outcome === 'none') return { ...base, result: { kind: 'passed' } };
  const kind = verdict.outcome === 'inconclusive' ? 'skipped' : 'failed';
  const text = [verdict.sentence, ...findings.map(findingText)].join('\n\n');
  return { ...base, result: { kind, message: verdict.outcome, text } };
}

function findingText(finding: Finding): string {
  return [
    `${finding.cause} (confidence ${finding.confidence.toFixed(2)}), explains ${finding.connections} in ${finding.classes.join(', ')}`,
    finding.sentence,
    ...finding.evidence.map(({ at, source, text }) => `  ${at}  ${source}  ${text.replace(/\s+/g, ' ')}`),
    ...(finding.fixes.length === 0 ? [] : [`Cured by: ${finding.fixes.join(' or ')}`]),
  ].join('\n');
}

function suiteXml(name: string, run: RunRecord, cases: readonly TestCase[]): string {
  const count = (kind: TestCase['result']['kind']) => cases.filter(({ result }) => result.kind === kind).length;
  const counts = `tests="${cases.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}"`;
  const time = run.durationSeconds.toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="netdebug" ${counts} time="${time}">`,
    `  <testsuite name="${escapeXml(name)}" ${counts} time="${time}" timestamp="${escapeXml(run.startedAt.slice(0, 19))}">`,
    ...cases.map((one) => caseXml(name, one)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseXml(suite: string, { name, seconds, result }: TestCase): string {
  const head = `    <testcase classname="netdebug.${escapeXml(suite)}" name="${escapeXml(name)}" time="${seconds.toFixed(3)}"`;
  if (result.kind === 'passed') return `${head}/>`;
  const element = result.kind === 'failed' ? 'failure' : 'skipped';
  const type = result.kind === 'failed' ? ' type="reset"' : '';
  const body = `<${element} message="${escapeXml(result.message)}"${type}>${escapeXml(result.text)}</${element}>`;
  return `${head}>\n      ${body}\n    </testcase>`;
}

/** XML 1.0 has no way to write most control characters and lone surrogates, so they become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

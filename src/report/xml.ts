// JUnit's XML, as far as a report needs it.

export interface TestCase {
  readonly name: string;
  readonly seconds: number;
  readonly result:
    | { readonly kind: 'passed'; readonly text?: string }
    | { readonly kind: 'failed' | 'skipped'; readonly message: string; readonly text: string };
}

export interface TestSuite {
  readonly name: string;
  readonly seconds: number;
  /** ISO 8601; null for what did not run at a time of its own. */
  readonly startedAt: string | null;
  readonly cases: readonly TestCase[];
}

/** One suite as a whole document. */
export function suiteXml({ name, seconds, startedAt, cases }: TestSuite): string {
  const count = (kind: TestCase['result']['kind']) =>
    cases.filter(({ result }) => result.kind === kind).length;
  const counts = `tests="${cases.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}"`;
  const time = seconds.toFixed(3);
  const timestamp = startedAt === null ? '' : ` timestamp="${escapeXml(startedAt.slice(0, 19))}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="netdebug" ${counts} time="${time}">`,
    `  <testsuite name="${escapeXml(name)}" ${counts} time="${time}"${timestamp}>`,
    ...cases.map((one) => caseXml(name, one)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseXml(suite: string, { name, seconds, result }: TestCase): string {
  const head = `    <testcase classname="netdebug.${escapeXml(suite)}" name="${escapeXml(name)}" time="${seconds.toFixed(3)}"`;
  if (result.kind === 'passed') {
    if (result.text === undefined) return `${head}/>`;
    return `${head}>\n      <system-out>${escapeXml(result.text)}</system-out>\n    </testcase>`;
  }
  const element = result.kind === 'failed' ? 'failure' : 'skipped';
  const body = `<${element} message="${escapeXml(result.message)}">${escapeXml(result.text)}</${element}>`;
  return `${head}>\n      ${body}\n    </testcase>`;
}

/** XML 1.0 has no way to write most control characters and lone surrogates, so they become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

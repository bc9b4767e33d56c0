// Every format says the same of a finding, and says no more than the finding does.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findingSchema, type Finding } from '../../src/model/run-record.ts';
import { findingLines } from '../../src/report/finding-text.ts';
import { findingWords } from '../../src/report/finding-words.ts';
import { formats } from '../../src/report/formats/index.ts';
import { prose } from '../../src/report/markdown-text.ts';
import { recordedDiagnosis } from './recorded.ts';

const finding = (more: Partial<Finding>): Finding =>
  findingSchema.parse({
    ...{ cause: 'policy-reject', author: 'node-rule', classes: ['a', 'b'], connections: 3 },
    ...{ sentence: 'A rule rejected them.', evidence: [], fixes: [] },
    ...more,
  });

describe('the words of a finding', () => {
  test('the first three lines say how many were lost, who, and why', () => {
    const lines = findingLines(finding({ certainty: { author: 'proven', cause: 'likely' } }));
    assert.deepEqual(lines, [
      'Finding: 3 lost connections in a, b',
      'Who: a rule on the node (proven)',
      'Why: policy-reject (likely): A rule rejected them.',
    ]);
  });

  test('an author who is only likely is named with the suspects beside it, never as the only one', () => {
    const { who } = findingWords(
      finding({ certainty: { author: 'likely', cause: 'likely' }, suspects: ['node-rule', 'node-kernel'] }),
    );
    assert.equal(who, "a rule on the node (likely; or the node's own kernel)");
  });

  test('an open author is told by the suspects that are left; an open cause by those that would explain it', () => {
    const words = findingWords(
      finding({
        ...{ cause: 'unknown', author: 'unknown', certainty: { author: 'open', cause: 'open' } },
        suspects: ['server-kernel', 'in-between', 'nobody'],
        rivals: [
          { cause: 'policy-reject', because: 'nobody could have seen it' },
          {
            ...{ cause: 'forged-reset', because: 'nobody could have seen it' },
            unseen: ['a capture', 'counters', 'listeners'],
          },
          { cause: 'silent-drop', because: 'timed out' },
        ],
      }),
    );
    assert.equal(words.who, "open: the server's kernel, something between the nodes or silence");
    assert.equal(words.why, 'open: policy-reject, forged-reset or silent-drop');
    assert.deepEqual(words.alsoPossible, [
      'policy-reject (nobody could have seen it)',
      'forged-reset (nobody could have seen it): would show in a capture, or counters, or 1 more',
      'silent-drop (timed out)',
    ]);
  });

  test('each reason for an exclusion is said once, and a convention is not sold as physics', () => {
    const { excluded } = findingWords(
      finding({
        exclusions: [
          { author: 'nobody', because: 'a RST ended it', basis: 'physics' },
          { author: 'gave-up', because: 'a RST ended it', basis: 'physics' },
          { author: 'in-between', because: 'its TTL is the same', basis: 'convention' },
        ],
      }),
    );
    assert.deepEqual(excluded, [
      { who: 'silence, a kernel that gave up waiting', because: 'a RST ended it' },
      { who: 'something between the nodes', because: 'its TTL is the same (usual, not certain)' },
    ]);
  });

  test('what was not collected is said while it would decide: where all is proven it is not', () => {
    const missing = ['a', 'b', 'c', 'd', 'e'];
    const labelOf = (certainty: Finding['certainty']) =>
      findingWords(finding({ missing, certainty })).missing;
    const first = missing.slice(0, 4);
    assert.deepEqual(labelOf({ author: 'proven', cause: 'likely' }), {
      label: 'Would decide',
      first,
      more: 1,
    });
    const proven = labelOf({ author: 'proven', cause: 'proven' });
    assert.deepEqual([proven.first, proven.more], [[], 0]);
  });

  test('a finding of version 1 keeps its confidence, and has no certainty put on it', () => {
    const lines = findingLines(finding({ confidence: 0.9994, missing: ['a capture'] }));
    assert.deepEqual(lines.slice(1), [
      'Who: a rule on the node',
      'Why: policy-reject, confidence 99.9% (version 1): A rule rejected them.',
      'Not collected: a capture',
    ]);
  });

  test('clients without a class are named by their addresses, and no more of them than a line holds', () => {
    const many = Array.from({ length: 200 }, (_, index) => `10.1.0.${index}`);
    const headline = (classes: string[]) => findingWords(finding({ classes })).headline;
    assert.equal(headline(['fd61::1']), '3 lost connections of client fd61::1');
    assert.equal(headline(many), '3 lost connections of clients 10.1.0.0, 10.1.0.1, 10.1.0.2, and 197 more');
  });

  test('a single lost connection is named by its ends', async () => {
    const { findings } = await recordedDiagnosis('any-v6.pcap');
    assert.equal(findingWords(findings[0]!).headline, '1 lost connection: [fd61::1]:55614 to [fd61::2]:7005');
  });

  test('every format that people read has all of them', async () => {
    const diagnosis = await recordedDiagnosis('any-v6.pcap');
    const { who, why, excluded, alsoPossible, missing, cures } = findingWords(diagnosis.findings[0]!);
    const all = [
      ...[who, why, ...excluded.flatMap((one) => [one.who, one.because])],
      ...[...alsoPossible, ...missing.first, ...cures, 'sudo netdebug observe --out evidence --port 7005'],
    ];
    const plain: Readonly<Record<string, (text: string) => string>> = {
      // The words of a command are elements of their own, so that it breaks between them.
      html: (text) =>
        text
          .replace(/<\/?span>/g, '')
          .replaceAll('&#39;', "'")
          .replaceAll('&quot;', '"'),
      junit: (text) => text.replaceAll('&quot;', '"'),
      markdown: (text) => text.replace(/\\([^\w\s])/g, '$1'),
    };
    for (const format of formats.filter(({ name }) => name !== 'json')) {
      const text = format.renderDiagnosis(diagnosis);
      const said = plain[format.name]?.(text) ?? text;
      for (const words of all) assert.ok(said.includes(words), `${format.name} lacks: ${words}`);
    }
  });
});

test('in Markdown a line of a log is no link, no heading, no list and no HTML', () => {
  assert.equal(prose('# a [b](c) <img> *d* `e` |'), '\\# a \\[b\\](c) \\<img\\> \\*d\\* \\`e\\` \\|');
  assert.equal(prose('1. first\n- second'), '1\\. first - second');
  assert.equal(prose('- item'), '\\- item');
  assert.equal(prose('10.1.0.33:8080'), '10.1.0.33:8080');
});

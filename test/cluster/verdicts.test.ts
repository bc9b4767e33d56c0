// `cluster run` against the fixture, through the real kubectl, ends with the verdict of a recorded history, and leaves nothing behind.
import { testVerdict } from './recorded-verdict.ts';

testVerdict('co-located', ['--expect', 'co-located-only'], {
  outcome: 'co-located-only',
  exitCode: 0,
  hit: ['co-located'],
});

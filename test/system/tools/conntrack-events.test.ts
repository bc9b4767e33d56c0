import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConntrackLine, parseListedEntry } from '../../../src/system/tools/conntrack.ts';

// Lines as conntrack 1.4.7 printed them: `conntrack -E -p tcp -o timestamp,id`.
const parse = parseConntrackLine;

describe('a line of conntrack -E', () => {
  it('that makes an entry tells both tuples: what came in, and what its answer looks like', () => {
    const text =
      '[1795416100.864046]\t    [NEW] tcp      6 120 SYN_SENT src=10.44.0.33 dst=10.44.0.10 sport=46422 dport=8080 ' +
      '[UNREPLIED] src=10.44.0.10 dst=10.44.0.33 sport=8080 dport=5622 id=4183178094';
    assert.deepEqual(parse(text), {
      event: 'conntrack',
      at: '2026-11-23T06:41:40.864046Z',
      change: 'new',
      protocol: 'tcp',
      state: 'SYN_SENT',
      original: { src: '10.44.0.33', dst: '10.44.0.10', sport: 46_422, dport: 8_080 },
      reply: { src: '10.44.0.10', dst: '10.44.0.33', sport: 8_080, dport: 5_622 },
      id: '4183178094',
      deletedByProgram: false,
      portid: null,
    });
  });

  it('that changes an entry tells the state it has now', () => {
    const event = parse(
      '[1795416101.898357]\t [UPDATE] tcp      6 10 CLOSE src=10.44.0.33 dst=10.48.14.50 sport=46450 dport=8080 ' +
        'src=10.44.0.10 dst=10.44.0.33 sport=8080 dport=46450 [ASSURED] id=2798038198',
    );
    assert.deepEqual([event?.change, event?.state, event?.reply.dport], ['update', 'CLOSE', 46_450]);
  });

  it('that removes an entry tells whether a program did it, and which', () => {
    const expired = parse(
      '[1795416116.851570]\t[DESTROY] tcp      6 CLOSE src=10.44.0.33 dst=10.48.14.50 sport=46450 dport=8080 ' +
        'src=10.44.0.10 dst=10.44.0.33 sport=8080 dport=46450 [ASSURED] id=2798038198',
    );
    assert.deepEqual(
      [expired?.change, expired?.state, expired?.deletedByProgram],
      ['destroy', 'CLOSE', false],
    );
    const deleted = parse(
      '[1795416116.851570]\t[DESTROY] tcp      6 431999 ESTABLISHED src=10.44.0.33 dst=10.44.0.10 sport=1 dport=8080 ' +
        'src=10.44.0.10 dst=10.44.0.33 sport=8080 dport=2 [ASSURED] delta-time=3 [start=..] [stop=..] id=2560530652 ' +
        '[USERSPACE] portid=4289731197',
    );
    assert.deepEqual(
      [deleted?.deletedByProgram, deleted?.portid, deleted?.id],
      [true, '4289731197', '2560530652'],
    );
  });

  it('without ports, cut off, or of another kind, says nothing', () => {
    for (const text of [
      '[1795416100.1]\t    [NEW] tcp',
      '[1795416100.864046]\t    [NEW] icmp     1 30 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=4 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=4 id=5',
      '[1795416100.864046]\t    [NEW] tcp      6 120 SYN_SENT src=10.44.0.33 dst=10.44.0.10 sport=46422 dport=8080',
      'conntrack v1.4.7 (conntrack-tools): 3 flow entries have been shown.',
      '',
    ]) {
      assert.equal(parse(text), undefined, text);
    }
  });

  it('that removes an entry tells when the kernel made and ended it, where the kernel keeps such times', () => {
    const event = parse(
      '[1795418018.944075]\t[DESTROY] tcp      6 431998 ESTABLISHED src=127.0.0.1 dst=127.0.0.1 sport=56056 dport=9000 ' +
        'src=127.0.0.1 dst=127.0.0.1 sport=9000 dport=56056 [ASSURED] delta-time=1 [start=Mon Nov 23 07:13:37 2026] ' +
        '[stop=Mon Nov 23 07:13:38 2026] id=519555657 [USERSPACE] portid=2503287204',
    );
    assert.equal(event?.startedAt, '2026-11-23T07:13:37.000000Z');
    assert.equal(event.stoppedAt, '2026-11-23T07:13:38.000000Z');
    assert.deepEqual([event.id, event.deletedByProgram, event.portid], ['519555657', true, '2503287204']);
  });
});

describe('a line of conntrack -L', () => {
  it('is of an entry that was there when the listing began', () => {
    const at = '2026-11-29T14:10:00.000000Z';
    const text =
      'tcp      6 86399 ESTABLISHED src=10.44.0.7 dst=10.96.59.8 sport=50474 dport=5432 ' +
      'src=10.44.1.5 dst=10.44.0.7 sport=5432 dport=50474 [ASSURED] mark=0 use=1 id=2172952325';
    assert.deepEqual(parseListedEntry(text, at), {
      event: 'conntrack',
      at,
      change: 'listed',
      protocol: 'tcp',
      state: 'ESTABLISHED',
      original: { src: '10.44.0.7', dst: '10.96.59.8', sport: 50_474, dport: 5_432 },
      reply: { src: '10.44.1.5', dst: '10.44.0.7', sport: 5_432, dport: 50_474 },
      id: '2172952325',
      deletedByProgram: false,
      portid: null,
    });
  });

  it('is none where it is of another protocol, or of none', () => {
    const udp =
      'udp      17 29 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=53 src=10.0.0.2 dst=10.0.0.1 sport=53 dport=1';
    for (const text of [udp, '', 'conntrack v1.4.7 (conntrack-tools): 2 flow entries have been shown.'])
      assert.equal(parseListedEntry(text, '2026-11-29T14:10:00.000000Z'), undefined);
  });
});

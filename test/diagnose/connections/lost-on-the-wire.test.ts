// Which connections the packets show to be lost, and how: each as small as it can be.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { question, serverRst, live, talk, asked, leaves } from '../made-by-hand.ts';
import { answers, asks, here, opened, seen, there, toClient, toServer } from './on-the-wire.ts';

describe('a connection on the wire is lost', () => {
  it('when the attempt is refused', () => {
    assert.deepEqual(seen([toServer(1, 'S', { seq: 1 }), toClient(1.001, 'R.', { ack: 2 })]).lost, [
      'refused while connecting',
    ]);
  });

  it('when it is reset before, and after, an answer', () => {
    assert.deepEqual(seen([...opened(), asks(2), toClient(2.1, 'R', { seq: 501 })]).lost, [
      'reset while awaiting',
    ]);
    assert.deepEqual(seen([...opened(), asks(2), answers(2.1), toClient(2.2, 'R', { seq: 510 })]).lost, [
      'reset while idle',
    ]);
  });

  it('when it is closed with a request unanswered', () => {
    const events = [
      ...opened(),
      asks(2),
      toClient(2.1, 'F.', { seq: 501 }),
      toClient(2.2, 'R', { seq: 502 }),
    ];
    assert.deepEqual(seen(events).lost, ['closed while awaiting']);
  });

  it('when nobody saw it begin', () => {
    assert.deepEqual(seen([asks(2), toClient(2.1, 'R', { seq: 501 })]).lost, ['reset while awaiting']);
  });

  it('when nothing of it but its RST was captured', () => {
    assert.deepEqual(seen([toClient(2.1, 'R', { seq: 501 })]).lost, ['reset while idle']);
  });

  it('when its client goes with a RST while more of the answer is on its way', () => {
    const goes = (ack: number) => toServer(2.2, 'R.', { seq: 11, ...live, flags: 'R.', ack });
    const long = [...opened(), asks(2), answers(2.1), answers(2.11, 510)];
    assert.deepEqual(seen([...long, goes(510)]).lost, ['reset while awaiting']);
    assert.deepEqual([seen([...long, goes(519)]).lost, seen([...long, goes(519)]).benign], [[], 1]);
  });

  it('by IPv6, too', () => {
    const said = {
      client: { address: 'fd00::33', port: 40_001 },
      server: { address: 'fd00::50', port: 8_080 },
    };
    const { lost, all } = seen([
      ...opened(1, said),
      asks(2, 2, said),
      toClient(2.1, 'R', { seq: 501, ...said }),
    ]);
    assert.deepEqual(lost, ['reset while awaiting']);
    assert.equal(all[0]?.client?.address, 'fd00::33');
  });

  it('once, though translation shows it twice: legs are joined by their numbers', () => {
    const { lost, all } = seen([...talk(), ...question(2.05, 35), ...serverRst()]);
    assert.deepEqual(lost, ['reset while awaiting']);
    assert.deepEqual(all[0]?.target, { address: asked.dst, port: asked.dport });
    assert.ok(all[0].legs.includes(`${leaves.dst}:${leaves.dport}`));
  });

  it('twice, when its port serves twice', () => {
    const second = [toServer(5, 'S', { seq: 9_001 }), toClient(5.001, 'R.', { ack: 9_002 })];
    assert.deepEqual(seen([...opened(), asks(2), toClient(2.1, 'R', { seq: 501 }), ...second]).lost, [
      'reset while awaiting',
      'refused while connecting',
    ]);
  });

  it('alone, when the same port of the client speaks to another server', () => {
    const other = { server: { address: '10.2.0.51', port: 8_080 } };
    const events = [
      ...opened(),
      ...opened(1.1, { ...other, seq: 70 }),
      asks(2),
      answers(2.1, 900, other),
      toClient(2.2, 'R', { seq: 501 }),
    ];
    const { lost, all } = seen(events);
    assert.deepEqual(lost, ['reset while awaiting']);
    assert.equal(all[0]?.target.address, there.address);
  });
});

describe('a connection that nobody saw begin', () => {
  it('is of the one who dialled another time, whatever its port: translation gives low ones, too', () => {
    const [low, dialled] = [{ address: '10.1.0.33', port: 1_223 }, { client: { ...here, port: 40_777 } }];
    const { all } = seen([
      ...opened(1, { ...dialled, seq: 9_000 }),
      asks(2, 2, { client: low }),
      toClient(2.001, 'R', { seq: 501, client: low }),
    ]);
    assert.deepEqual(
      all.map(({ client, target }) => [client, target]),
      [[low, there]],
    );
  });
});

describe('a connection on the wire is not lost', () => {
  it('is none where a client goes with a RST of its own after a silence that no capture keeps', () => {
    const { lost, benign } = seen([toServer(20, 'R.', { ...live, flags: 'R.' })], 29);
    assert.deepEqual([lost, benign], [[], 1]);
    // The server's, and one of a kernel without a socket, ended it.
    assert.deepEqual(seen([toClient(20, 'R.', { ...live, flags: 'R.' })], 29).lost, ['reset while idle']);
    assert.deepEqual(seen([toServer(20, 'R')], 29).lost, ['reset while idle']);
  });

  it('by a RST after both sides had closed', () => {
    const fins = [toServer(3, 'F.', { seq: 11 }), toClient(3.1, 'F.', { seq: 510 })];
    const { lost, benign } = seen([
      ...opened(),
      asks(2),
      answers(2.1),
      ...fins,
      toServer(3.2, 'R', { seq: 12 }),
    ]);
    assert.deepEqual([lost, benign], [[], 1]);
  });

  it('by the RST of a client that had its answer', () => {
    const { lost, benign } = seen([
      ...opened(),
      asks(2),
      answers(2.1),
      toServer(3, 'R.', { seq: 11, ...live, flags: 'R.' }),
    ]);
    assert.deepEqual([lost, benign], [[], 1]);
  });

  it('when it was asked of a server whose goodbye its own kernel had acknowledged, with nothing unanswered', () => {
    const closed = [...opened(), asks(2), answers(2.1), toClient(3, 'F.', { seq: 510 })];
    const [knew, crossed] = [511, 510].map((ack) => [
      ...closed,
      asks(3.2, 11, { ack }),
      toClient(3.201, 'R', { seq: 511 }),
    ]);
    assert.deepEqual([seen(knew ?? []).lost, seen(knew ?? []).benign], [[], 1]);
    assert.deepEqual(seen(crossed ?? []).lost, ['closed while awaiting']);
    // What was asked before the goodbye stays unanswered.
    const before = [...opened(), asks(2), toClient(3, 'F.', { seq: 501 }), asks(3.2, 11, { ack: 502 })];
    assert.deepEqual(seen([...before, toClient(3.201, 'R', { seq: 502 })]).lost, ['closed while awaiting']);
  });
});

describe('the next attempts of a client', () => {
  it('are those that failed within ten seconds, the first first', () => {
    const attempt = (seconds: number, port: number) => {
      const client = { ...here, port };
      return [
        toServer(seconds, 'S', { client, seq: port }),
        toClient(seconds + 0.001, 'R.', { client, ack: port + 1 }),
      ];
    };
    const events = [
      ...opened(),
      asks(2),
      toClient(2.1, 'R', { seq: 501 }),
      ...attempt(3, 40_003),
      ...attempt(2.5, 40_002),
      ...attempt(20, 40_004),
    ];
    const [first] = seen(events, 30).all;
    assert.deepEqual(
      first?.afterwards.map(({ failure }) => failure),
      ['refused', 'refused'],
    );
    const times = first.afterwards.map((one) => one.at);
    assert.deepEqual(times, times.toSorted());
  });
});

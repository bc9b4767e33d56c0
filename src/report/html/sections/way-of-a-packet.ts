// The way of one packet from the client to the server, drawn and told hop by hop: the states of the rule side by side.
import { parseMicros } from '../../../model/clock.ts';
import { formatEndpoint, type Endpoint } from '../../../model/endpoint.ts';
import type { Crossing, ShownConnection } from '../../../model/shown-connection.ts';
import type { Journey, Passage, RunView, WaylessLoss } from '../../run-view.ts';
import { markup, type Insert, type Markup } from '../markup.ts';
import { sinceText } from '../numbers.ts';
import { drawPassage } from './passage-drawing.ts';
import { drawWayless } from './wayless-drawing.ts';
import { arrivalWords, waylessWords } from './passage-end-words.ts';
import { againOnNode, answeredByReset, isLost, stopSite } from './passage-sites.ts';

export function journeySection(view: RunView): Markup {
  const { journey } = view;
  if (journey === null) {
    return markup`<h2>The way of a packet</h2><p class="lede">No node's conntrack entries were recorded for a connection of this run, so its way cannot be drawn.</p>`;
  }
  return markup`<h2>The way of a packet</h2>
<p class="lede">${introduction(journey, view)}</p>
<div class="states">${journey.wayless !== null && waylessFigure(journey.wayless)}${journey.passages.map((passage, index) => stateFigure(passage, index))}</div>`;
}

function introduction({ shown, passages, wayless }: Journey, { record, startedAt }: RunView): Markup {
  if (shown === null) {
    const findings = record?.findings ?? [];
    const silent =
      wayless === null && findings.length > 0 && findings.every((one) => one.shown === undefined);
    const ordinary = `How packets of the first connection of ${passages.length === 1 ? 'a class' : 'each class that is compared'} reached the server, from the entries that the nodes made for them.`;
    return markup`${silent && "This run's findings do not say which way their connections went. "}${wayless !== null && `${capital(lostOf(wayless))} no entry tells a way. `}${passages.length > 0 && ordinary}`;
  }
  const [made, lost] = [shown.connectedAt, shown.failedAt].map((at) => sinceText(parseMicros(at), startedAt));
  const states =
    passages.length === 2
      ? ' The two drawings are the same connection before and after the rule changed under it.'
      : shown.rule !== null && ' Its way with the rule was not recorded.';
  return markup`One connection of <strong>${shown.class}</strong>, from ${code(shown.client)}, made at ${made} and ${lostWord(shown.failure)} at ${lost}: ${shown.cause}.${states}${wayless !== null && ` ${capital(lostOf(wayless))} no entry tells a way.`}`;
}

const lostOf = ({ connections, cause }: WaylessLoss): string =>
  `of ${connections === 1 ? 'the connection' : `the ${connections} connections`} that ${cause} explains`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function waylessFigure(wayless: WaylessLoss): Markup {
  const title = `${wayless.cause}: ${wayless.class}`;
  return markup`<figure class="state is-reset" aria-labelledby="wayless"><figcaption id="wayless"><strong>${title}</strong></figcaption>
${drawWayless(wayless, `${title}: ${waylessWords(wayless)}`)}
<ol class="hops"><li><strong class="rst">${waylessWords(wayless)}</strong></li></ol></figure>`;
}

const lostWord = (failure: ShownConnection['failure']): string =>
  ({
    timeout: 'given up',
    other: 'lost',
    unreachable: 'found unreachable',
    reset: 'reset',
    refused: 'refused',
    closed: 'closed',
  })[failure];

function stateFigure(passage: Passage, index: number): Markup {
  const title = stateTitle(passage);
  return markup`<figure class="state ${isLost(passage) && 'is-reset'}" aria-labelledby="state-${index}">
<figcaption id="state-${index}"><strong>${title}</strong>${passage.rule !== null && markup` <code>${passage.rule.text}</code>`}</figcaption>
${drawPassage(passage, `${title}: ${arrivalWords(passage)}`)}
<ol class="hops">${hops(passage).map((hop) => markup`<li>${hop}</li>`)}</ol></figure>`;
}

function stateTitle({ rulePresent, class: name }: Passage): string {
  if (rulePresent === null) return name;
  return rulePresent ? 'Rule present' : 'Rule absent';
}

/** The drawing in words; its numbers are those of the list. */
function hops(passage: Passage): Insert[] {
  const { client, target, server } = passage;
  const list: Insert[] = [markup`The client sends from ${code(client)} to ${code(target)}.`];
  const crossings = reached(passage);
  for (const [index, crossing] of crossings.entries()) {
    const before = crossings[index - 1];
    if (before !== undefined) list.push(wayBetween(before, crossing, passage));
    list.push(
      markup`${nodeName(crossing)}: ${rewriting(crossing)}${crossing.id !== null && markup` <span class="entry-id">entry ${crossing.id}</span>`}`,
    );
  }
  return [...list, arrival(passage, server)];
}

/** The entries that the packet came to. */
function reached(passage: Passage): readonly Crossing[] {
  const stop = stopSite(passage);
  return stop === 'first' || stop === 'between' ? passage.crossings.slice(0, 1) : passage.crossings;
}

function wayBetween(before: Crossing, after: Crossing, { rule }: Passage): Insert {
  if (before.node !== after.node) return markup`Over the VPC to ${nodeName(after)}.`;
  return markup`${rule === null ? 'It goes' : 'The rule sends it'} out of <code>eth0</code> to the VPC, which returns it to ${nodeName(after)}.`;
}

function rewriting({ source, target }: Crossing): Insert {
  const parts: Markup[] = [];
  if (!same(target.before, target.after))
    parts.push(markup`turns the target ${code(target.before)} into ${code(target.after)}`);
  if (!same(source.before, source.after))
    parts.push(
      markup`turns the source port <code>${source.before.port}</code> into <code class="moved">${source.after.port}</code>`,
    );
  if (parts.length === 0) return markup`conntrack tracks it and changes nothing.`;
  return markup`conntrack ${parts[0]}${parts[1] !== undefined && markup` and ${parts[1]}`}.`;
}

function arrival(passage: Passage, server: Endpoint): Insert {
  const { seen, accepted, rulePresent, crossings, end } = passage;
  const isWrong = answeredByReset(passage);
  if (end !== null && !isWrong) return markup`<strong class="rst">${arrivalWords(passage)}</strong>`;
  const straight =
    rulePresent === false && againOnNode(crossings) === undefined
      ? 'Straight to the server: it'
      : `The server at ${formatEndpoint(server)}`;
  const port = markup`<code class="${isWrong && 'wrong'}">${formatEndpoint(seen)}</code>`;
  if (accepted === null)
    return markup`${straight} sees ${port}; which socket it has for this connection was not recorded.`;
  if (isWrong)
    return markup`${straight} sees ${port}, but its socket is for port <code>${accepted.port}</code>. Its kernel answers with <strong class="rst">RST</strong>.`;
  return markup`${straight} sees ${port}, for which it has a socket: it answers.`;
}

const code = (endpoint: Endpoint): Markup => markup`<code>${formatEndpoint(endpoint)}</code>`;

const nodeName = ({ node }: Crossing): Markup => markup`<span class="name">${node}</span>`;

const same = (a: Endpoint, b: Endpoint) => a.address === b.address && a.port === b.port;

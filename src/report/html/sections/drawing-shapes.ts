// The shapes that ways of packets are drawn with, and their places.
import type { LastMoments } from '../../../model/last-moments.ts';
import { markup, type Markup } from '../markup.ts';

// Text of 12 units in a drawing 400 wide can still be read on a phone, where a unit is 0.85 pixels.
export const width = 400;
export const boxLeft = 34;
export const boxWidth = 206;
export const boxMiddle = boxLeft + boxWidth / 2;
export const boxRight = boxLeft + boxWidth;
const nodeRight = 300;
export const vpcMiddle = 362;

export interface Box {
  readonly top: number;
  readonly height: number;
}

/** Beside a box within its node's frame. */
export const besideBoxes = (boxRight + nodeRight) / 2;

/** Of a sign. */
export interface Place {
  readonly middle: number;
  readonly top: number;
}

export function nodeFrame(name: string, top: number, height: number): Markup {
  return markup`<rect class="node" x="8" y="${top}" width="${nodeRight - 8}" height="${height}" rx="10"/><text class="frame-name" x="20" y="${top + 18}">${short(name, 30)}</text>`;
}

export function vpcFrame(top: number, height: number, used: boolean): Markup {
  return markup`<rect class="vpc ${!used && 'unused'}" x="${vpcMiddle - 30}" y="${top}" width="60" height="${height}" rx="10"/><text class="frame-name ${!used && 'unused'}" x="${vpcMiddle}" y="${top + 18}" text-anchor="middle">VPC</text>`;
}

/** The node's interface, where the way leaves and enters its frame. */
export function ports(...heights: readonly number[]): Markup[] {
  return heights.map(
    (y) =>
      markup`<rect class="eth" x="${nodeRight - 19}" y="${y - 9}" width="38" height="18" rx="4"/><text class="small" x="${nodeRight}" y="${y + 4}" text-anchor="middle">eth0</text>`,
  );
}

/** What came in place of an answer. `isOpen`: it stands beside who got it, not who sent it. */
export function sign(
  answer: NonNullable<LastMoments['answer']>,
  { middle, top }: Place,
  isOpen: boolean,
): Markup {
  const text = { reset: 'RST', close: 'FIN', icmp: 'ICMP', nothing: 'silence' }[answer];
  const size = answer === 'nothing' ? 58 : 54;
  return markup`<g class="rst-sign ${isOpen && 'open'}"><rect x="${middle - size / 2}" y="${top}" width="${size}" height="26" rx="13"/><text x="${middle}" y="${top + 18}" text-anchor="middle">${text}</text></g>`;
}

/** `isBad`: of a connection that was lost. `isGone`: the packet should have gone there, and nobody saw it. */
export function wayPath(
  path: string,
  { isBad, isGone }: { readonly isBad: boolean; readonly isGone: boolean },
): Markup {
  return markup`<path class="way ${isBad && 'bad'} ${isGone && 'gone'}" d="${path}"/>`;
}

/** `stops`: the packet came no further. */
export function step(number: number, x: number, y: number, stops = false): Markup {
  const cross = stops && markup`<path class="stop-cross" d="M${x - 17} ${y - 17}l34 34m0 -34l-34 34"/>`;
  return markup`<g class="step ${stops && 'stop'}">${cross}<circle cx="${x}" cy="${y}" r="10"/><text x="${x}" y="${y + 4}" text-anchor="middle">${number}</text></g>`;
}

/** What is longer than its box loses its middle. */
export function short(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}

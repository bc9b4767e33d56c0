// One line of the log: as Go's log package writes it, or as JSON.
import { formatMicros, type Micros } from '../model/clock.ts';

export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

/** `2021/07/19 20:39:38 MESSAGE` in local time, or `{"at":"…Z","message":"MESSAGE"}`; with the newline. */
export function formatLogLine(format: LogFormat, at: Micros, message: string): string {
  if (format === 'json') return `${JSON.stringify({ at: formatMicros(at), message })}\n`;
  const second = Math.floor(at / 1_000_000);
  // Thousands of lines may have the same second, and asking for the parts of a local time is slow.
  if (second !== formattedSecond) {
    secondText = localTime(new Date(second * 1_000));
    formattedSecond = second;
  }
  return `${secondText} ${message}\n`;
}

let formattedSecond = Number.NaN;
let secondText = '';

function localTime(time: Date): string {
  const date = `${time.getFullYear()}/${two(time.getMonth() + 1)}/${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

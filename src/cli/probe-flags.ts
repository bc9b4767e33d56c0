// Reads the flags that client and server share; a bad value is refused with the flag's name and what it takes.
import { isIP } from 'node:net';
import { Option } from 'commander';
import { parseDuration } from '../model/duration.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { logFormats, type LogFormat } from '../probe/log-line.ts';
import { byteSize } from './byte-size.ts';

/** What every command that probes takes. */
export interface ProbeFlags {
  readonly events?: string;
  readonly duration?: number;
  readonly logFormat: LogFormat;
}

/** The options behind ProbeFlags. */
export function probeOptions(): Option[] {
  return [
    new Option(
      '--events <file>',
      'write one line of JSON for everything that happens, - for stdout (an existing file is replaced)',
    ).argParser(filled('--events', 'a file, or - for stdout')),
    durationOption('--duration <time>', 'end after this time (default: run until stopped)'),
    new Option('--log-format <format>', 'how the log on stderr is written')
      .choices(logFormats)
      .default('text'),
  ];
}

/** The longest line that is accepted, with its default. */
export function maxLineOption(): Option {
  return new Option('--max-line <size>', 'refuse longer lines and end the connection: 65536, 64KiB, 1MiB')
    .argParser(byteSize('--max-line', 1, 1_024 ** 3))
    .default(65_536, '64KiB');
}

/** An option that takes a Go-style duration, zero excluded, and gives milliseconds. */
export function durationOption(flags: string, about: string, defaultText?: string): Option {
  const option = new Option(flags, about);
  const parse = positiveDuration(option.long ?? flags);
  option.argParser(parse);
  return defaultText === undefined ? option : option.default(parse(defaultText), defaultText);
}

function positiveDuration(flag: string): (text: string) => number {
  return (text) => {
    let milliseconds: number;
    try {
      milliseconds = parseDuration(text);
    } catch (error) {
      throw new Problem('usage', `${flag}: ${messageOf(error)}`, { cause: error });
    }
    if (milliseconds > 0) return milliseconds;
    throw new Problem('usage', `${flag}: "${text}" is no time at all; write it like 500ms, 5s or 1m30s.`);
  };
}

/** Go-style durations, zero excluded, separated by commas, in milliseconds. */
export function durations(flag: string): (text: string) => number[] {
  const parse = positiveDuration(flag);
  return (text) => text.split(',').map((one) => parse(one.trim()));
}

/** A TCP port from `lowest` to 65535. */
export function port(flag: string, lowest: 0 | 1): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= lowest && value <= 65_535) return value;
    throw new Problem('usage', `${flag}: "${text}" is not a port; write a number from ${lowest} to 65535.`);
  };
}

/** A whole number from 1 up. */
export function count(flag: string): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
    if (value >= 1) return value;
    throw new Problem('usage', `${flag}: "${text}" is not a count; write a whole number from 1 up.`);
  };
}

/** IP addresses, separated by commas. */
export function addresses(flag: string): (text: string) => string[] {
  return (text) => {
    const all = text.split(',').map((address) => address.trim());
    const wrong = all.find((address) => isIP(address) === 0);
    if (wrong === undefined) return all;
    throw new Problem('usage', `${flag}: "${wrong}" is no IP address; write them like 10.0.0.7,10.0.0.8.`);
  };
}

/** An option that takes any text but an empty one; its flags name what to give: `--out <dir>` wants a folder. */
export function textOption(flags: string, about: string, defaultText?: string): Option {
  const option = new Option(flags, about).default(defaultText);
  const noun = /<(.+)>/.exec(flags)?.[1]?.replace('dir', 'folder') ?? 'value';
  return option.argParser(filled(option.long ?? flags, `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`));
}

/** Any text but an empty one. */
export function filled(flag: string, wanted: string): (text: string) => string {
  return (text) => {
    if (text !== '') return text;
    throw new Problem('usage', `${flag}: the value is empty; give ${wanted}.`);
  };
}

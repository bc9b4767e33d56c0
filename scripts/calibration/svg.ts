// Just enough SVG for a chart; its greys and blues can be read on white and on near-black, with no background of its own.

// Contrast with white 4.6, with #0d1117 4.1 (WCAG's formula).
const ink = '#757575';
export const colours = ['#3f7fbf', '#bf6f2a', '#3f9158', '#a65fb0', '#757575'] as const;

export interface Text {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly colour?: string;
  readonly size?: number;
  readonly bold?: boolean;
}

export function text(x: number, y: number, content: string, options: Text = {}): string {
  const { anchor = 'start', colour = ink, size = 13, bold = false } = options;
  const weight = bold ? ' font-weight="600"' : '';
  return `<text x="${round(x)}" y="${round(y)}" fill="${colour}" font-size="${size}" text-anchor="${anchor}"${weight}>${escape(content)}</text>`;
}

export function line(
  from: readonly [number, number],
  to: readonly [number, number],
  options: Stroke = {},
): string {
  return `<line x1="${round(from[0])}" y1="${round(from[1])}" x2="${round(to[0])}" y2="${round(to[1])}" ${stroke(options)}/>`;
}

export function path(points: readonly (readonly [number, number])[], options: Stroke = {}): string {
  const steps = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`);
  return `<path d="${steps.join('')}" fill="none" ${stroke(options)}/>`;
}

export function dot(x: number, y: number, colour: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="4" fill="${colour}"/>`;
}

export interface Stroke {
  readonly colour?: string;
  readonly width?: number;
  readonly dashed?: boolean;
}

/** The whole picture; `title` is what a screen reader says. */
export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif">`,
    `<title>${escape(title)}</title>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function stroke({ colour = ink, width = 1, dashed = false }: Stroke): string {
  return `stroke="${colour}" stroke-width="${width}"${dashed ? ' stroke-dasharray="5 4"' : ''}`;
}

function round(value: number): string {
  return String(Number(value.toFixed(1)));
}

function escape(content: string): string {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

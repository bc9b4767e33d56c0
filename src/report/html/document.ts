// A whole HTML file: nothing in it is fetched, and nothing runs that is not ours, by its own policy.
import { liveScript, pageStyle, timelineScript } from './assets.ts';
import { markup, trusted, type Markup } from './markup.ts';

export interface DocumentParts {
  readonly title: string;
  readonly top: Markup;
  readonly main: Markup;
  /** Whether the page updates itself from the server that it came from. */
  readonly live: boolean;
  /** What the times are counted from, where that is no run's beginning. */
  readonly times?: string;
}

export function renderDocument({ title, top, main, live, times }: DocumentParts): string {
  const scripts = live ? [timelineScript, liveScript] : [timelineScript];
  const policy = [
    "default-src 'none'",
    `style-src ${pageStyle.source}`,
    `script-src ${scripts.map((script) => script.source).join(' ')}`,
    live ? "connect-src 'self'" : "connect-src 'none'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return markup`${trusted('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(pageStyle.text)}</style>
</head>
<body>
<header><p class="top" id="top">${top}</p>
${live && markup`<p class="live" id="live-state" role="status">Connecting to the run …</p>`}</header>
<main>
${main}
</main>
<footer><p>Made by netdebug. ${times ?? "All times are since the run's beginning."}</p></footer>
${scripts.map((script) => markup`<script type="module">${trusted(script.text)}</script>`)}
</body>
</html>
`.text;
}

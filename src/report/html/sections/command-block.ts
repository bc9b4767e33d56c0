// A command to type, which breaks between its words alone where there is no room: half an option would be another one.
import { markup, type Markup } from '../markup.ts';

export const commandBlock = (command: string): Markup =>
  markup`<pre class="command" tabindex="0" role="group" aria-label="What to type next"><code>${command.split(' ').map((word, index) => markup`${index > 0 && ' '}<span>${word}</span>`)}</code></pre>`;

// Keeps the open page at the run's state: the server sends the parts that changed, and the last message says that it is over.
const state = document.getElementById('live-state');
const source = new EventSource('events');

/** Puts the new part in the old one's place; what was unfolded, chosen or focused stays so. */
function replace(id, markup) {
  const part = document.getElementById(id);
  if (part === null) return;
  const unfolded = [...part.querySelectorAll('details[open]')].map((details) => details.id);
  const chosen = part.querySelector('.episode.lit')?.id;
  const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
  // The server escapes all that comes from outside, and this page's policy runs no script but its own.
  part.innerHTML = markup;
  for (const one of unfolded) document.getElementById(one)?.setAttribute('open', '');
  if (chosen !== undefined) {
    document.getElementById(chosen)?.dispatchEvent(new Event('netdebug:choose', { bubbles: true }));
  }
  if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true });
}

source.addEventListener('open', () => {
  state.textContent = 'Live: this page follows the run.';
});
source.addEventListener('parts', (event) => {
  for (const [id, markup] of Object.entries(JSON.parse(event.data))) replace(id, markup);
});
source.addEventListener('end', () => {
  source.close();
  state.textContent = 'The run has ended. This page is complete and asks for nothing more.';
  state.classList.add('ended');
});
source.addEventListener('replaced', () => {
  source.close();
  state.textContent = 'Too many pages follow this run, so this one no longer does; load it again to go on.';
});
source.addEventListener('error', () => {
  if (source.readyState !== EventSource.CLOSED)
    state.textContent = 'The run cannot be reached; trying again …';
});

// Keeps the open page at the run's state: the server sends the parts that changed, and the last message says that it is over.
const state = document.getElementById('live-state');
const source = new EventSource('events');

/** What each element was filled with: after a connection that broke the server sends all of it again. */
const filled = new WeakMap();
/** Parts that somebody has selected text in, to copy it: they change when that is over. */
const waiting = new Map();

/** Asked for once for each message: between two changes of the page it would be laid out anew for the answer. */
let selected = null;
function selectedNow() {
  const selection = getSelection();
  return selection === null || selection.isCollapsed ? null : selection.getRangeAt(0);
}
const selects = (element) => selected?.intersectsNode(element) === true;
const isBeingRead = (element) =>
  element.querySelector('details[open]') !== null ||
  element.contains(document.activeElement) ||
  selects(element);
const stops = (part) => [...part.querySelectorAll('a, button, summary, [tabindex]')];

/** What a closed `details` opens into is no part of the document until it is opened. */
function unfold(details) {
  const template = details.querySelector(':scope > template');
  template?.replaceWith(template.content);
}
document.addEventListener('toggle', ({ target }) => target.open === true && unfold(target), true);

/** Puts the new part in the old one's place; what was unfolded, chosen or focused stays so. */
function replace(id, markup) {
  const part = document.getElementById(id);
  if (part === null || filled.get(part) === markup) return;
  if (selects(part)) {
    waiting.set(id, markup);
    return;
  }
  waiting.delete(id);
  const folds = [...part.querySelectorAll('details')];
  const unfolded = folds.filter(({ open }) => open).map((one) => ({ id: one.id, place: folds.indexOf(one) }));
  const chosen = part.querySelector('.episode.lit')?.id;
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const stop = stops(part).indexOf(focused);
  // The server escapes all that comes from outside, and this page's policy runs no script but its own.
  part.innerHTML = markup;
  filled.set(part, markup);
  const now = part.querySelectorAll('details');
  for (const { id: one, place } of unfolded) {
    const details = one === '' ? now[place] : document.getElementById(one);
    details?.setAttribute('open', '');
    if (details) unfold(details);
  }
  if (chosen !== undefined) {
    document.getElementById(chosen)?.dispatchEvent(new Event('netdebug:choose', { bubbles: true }));
  }
  const again = focused === null ? null : (document.getElementById(focused.id) ?? stops(part)[stop]);
  again?.focus({ preventScroll: true });
}

/** The elements that each list is to hold, by the list's id. */
const lists = new Map();

/** Those that no list has any more go, but for what is being read. */
function prune() {
  for (const [id, wanted] of lists) {
    for (const child of [...(document.getElementById(id)?.children ?? [])])
      if (!wanted.has(child.id) && !isBeingRead(child)) child.remove();
  }
}

/** Makes the list hold these elements, in this order. */
function arrange(id, ids) {
  const list = document.getElementById(id);
  if (list === null) return;
  let next = list.firstElementChild;
  for (const one of ids) {
    if (next?.id === one) {
      next = next.nextElementSibling;
      continue;
    }
    // From another list, too: a correction may be of another cause.
    const known = document.getElementById(one);
    const child = known ?? document.createElement(list.tagName === 'UL' ? 'li' : 'div');
    child.id = one;
    const focused = child.contains(document.activeElement) ? document.activeElement : null;
    list.insertBefore(child, next);
    focused?.focus({ preventScroll: true });
  }
}

/** What is looked at: what has the focus or is unfolded, or else what stands at the top. */
function anchor() {
  const isInView = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const { activeElement, body } = document;
  const read = [
    ...(activeElement === body ? [] : [activeElement]),
    ...document.querySelectorAll('details[open] > summary'),
  ];
  return read.find(isInView) ?? (scrollY === 0 ? null : document.elementFromPoint(innerWidth / 2, 1));
}

/** What is looked at stays where it is, however much comes and goes above it. */
function apply(parts) {
  selected = selectedNow();
  const held = anchor();
  const before = held?.getBoundingClientRect().top;
  for (const [id, part] of Object.entries(parts)) if (Array.isArray(part)) lists.set(id, new Set(part));
  // Before, so that little is moved; and after, when what was read may be in another list.
  prune();
  for (const [id, part] of Object.entries(parts)) {
    if (Array.isArray(part)) arrange(id, part);
    else replace(id, part);
  }
  prune();
  if (held?.isConnected) scrollBy(0, held.getBoundingClientRect().top - before);
}

document.addEventListener('selectionchange', () => {
  if (waiting.size > 0) apply(Object.fromEntries(waiting));
});

source.addEventListener('open', () => {
  state.textContent = 'Live: this page follows the run.';
});
source.addEventListener('parts', (event) => apply(JSON.parse(event.data)));
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

// Pointing at an episode, or reaching it by keyboard, lights up what changed on the nodes just before it.
const lanesOf = (element) => element.closest('[data-lanes]');

function light(episode) {
  const lanes = lanesOf(episode);
  if (lanes === null || episode.classList.contains('lit')) return;
  dim(lanes);
  const before = episode.dataset.before.split(' ').filter((id) => id !== '');
  const changes = before.map((id) => document.getElementById(id)).filter((change) => change !== null);
  lanes.classList.add('choosing');
  for (const lit of [episode, ...changes]) lit.classList.add('lit');
  const place = changes.at(-1)?.dataset.x ?? episode.dataset.x;
  for (const cursor of lanes.querySelectorAll('.cursor')) {
    cursor.setAttribute('x1', `${place}%`);
    cursor.setAttribute('x2', `${place}%`);
  }
  tell(lanes, [
    ['strong', episode.getAttribute('aria-label')],
    ...(changes.length === 0
      ? [['p', 'Nothing that was recorded changed on the nodes just before.']]
      : changes.map((change) => ['p', change.dataset.text])),
  ]);
}

function dim(lanes) {
  lanes.classList.remove('choosing');
  for (const lit of lanes.querySelectorAll('.lit')) lit.classList.remove('lit');
}

/** Text only: what the lines say comes from outside. */
function tell(lanes, lines) {
  const detail = lanes.parentElement.querySelector('[data-detail]');
  detail.replaceChildren(
    ...lines.map(([name, text]) => {
      const element = document.createElement(name);
      element.textContent = text;
      return element;
    }),
  );
}

const episodeAt = (event) => (event.target instanceof Element ? event.target.closest('.episode') : null);

/** The episode that is meant: marks may overlap, so it is the nearest one of the lane, if it is near. */
function episodeNear(event) {
  const lane = event.target instanceof Element ? event.target.closest('.lane[role="group"]') : null;
  if (lane === null) return null;
  const { left, width } = lane.getBoundingClientRect();
  const distance = (episode) => Math.abs((Number(episode.dataset.x) / 100) * width - (event.clientX - left));
  const all = [...lane.querySelectorAll('.episode')].filter((episode) => distance(episode) <= 16);
  return all.reduce((best, one) => (best === null || distance(one) < distance(best) ? one : best), null);
}

for (const kind of ['pointermove', 'click']) {
  document.addEventListener(kind, (event) => {
    const episode = episodeNear(event);
    if (episode !== null) light(episode);
  });
}
document.addEventListener('focusin', (event) => {
  const episode = episodeAt(event);
  if (episode !== null) light(episode);
});
// The live page has put a new picture in the old one's place.
document.addEventListener('netdebug:choose', (event) => light(event.target));

// The choice stays when the pointer leaves, so that its lines can be read and copied; Escape takes it back.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    for (const lanes of document.querySelectorAll('[data-lanes].choosing')) {
      dim(lanes);
      tell(lanes, [['p', 'No episode is chosen.']]);
    }
    return;
  }
  const episode = episodeAt(event);
  const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
  if (episode === null || step === undefined) return;
  // One stop for Tab in each lane; the arrows go from episode to episode.
  const all = [...episode.closest('.lane').querySelectorAll('.episode')];
  const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(episode) + step))];
  event.preventDefault();
  episode.setAttribute('tabindex', '-1');
  next.setAttribute('tabindex', '0');
  next.focus();
});

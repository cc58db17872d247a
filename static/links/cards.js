/*
 * Live cards. A card's place is in the page at once, as a skeleton; one request for the whole page then
 * brings what all of them show. While the page is visible a local number is asked for every second, and
 * the cards are read again when it moved: a change at a source shows here within two seconds.
 */
(() => {
  const POLL_MS = 1000;
  const GATHER_MS = 60;
  const PLACE = '[data-links-card]';
  const LIMIT = 200;

  let generation = null;
  let gathering = null;
  let asking = false;
  let again = false;

  const places = () => [...document.querySelectorAll(PLACE)].filter((place) => place.dataset.uuid);
  const csrf = () => JSON.parse(document.getElementById('wagtail-config').textContent).CSRF_TOKEN;

  function show(place, card) {
    if (place.dataset.shown === card.html) return;
    place.dataset.shown = card.html;
    place.innerHTML = card.html; // Rendered and escaped by our own server.
    place.removeAttribute('aria-busy');
    place.dispatchEvent(new CustomEvent('links:card', { bubbles: true, detail: card }));
  }

  function fail(wanted) {
    wanted
      .filter((place) => place.hasAttribute('aria-busy'))
      .forEach((place) => {
        const words = document.createElement('p');
        words.className = 'links-card__problem';
        words.textContent = place.dataset.failed;
        place.replaceChildren(words);
        place.removeAttribute('aria-busy');
      });
  }

  async function read(wanted) {
    const ids = {};
    wanted.forEach(({ dataset: { kind, uuid } }) => {
      ids[kind] = [...new Set([...(ids[kind] || []), uuid])].slice(0, LIMIT);
    });
    const response = await fetch(wanted[0].dataset.cardsUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf() },
      body: JSON.stringify(ids),
    });
    if (!response.ok) throw new Error(`cards: HTTP ${response.status}`);
    const answer = await response.json();
    generation = answer.generation;
    wanted.forEach((place) => {
      const card = answer.cards[place.dataset.uuid];
      if (card) show(place, card);
    });
  }

  async function load() {
    gathering = null;
    if (asking) {
      again = true;
      return;
    }
    const wanted = places();
    if (!wanted.length) return;
    asking = true;
    try {
      await read(wanted);
    } catch {
      fail(wanted);
    } finally {
      asking = false;
      if (again) {
        again = false;
        soon();
      }
    }
  }

  /* Cards that appear together leave in one request. */
  function soon() {
    gathering = gathering || setTimeout(load, GATHER_MS);
  }

  async function poll() {
    const place = places()[0];
    if (!place || document.hidden || asking || generation === null) return;
    try {
      const response = await fetch(place.dataset.changesUrl);
      if (response.ok && (await response.json()).generation !== generation) soon();
    } catch {
      /* The next poll asks again. */
    }
  }

  /* A picture that does not come leaves the icon under it. Errors of pictures do not bubble. */
  document.addEventListener('error', ({ target }) => target.matches?.('[data-links-picture]') && target.remove(), true);

  window.onevoiceLinks = Object.assign(window.onevoiceLinks || {}, { loadCards: soon });

  if (document.readyState === 'complete') soon();
  else window.addEventListener('load', soon);
  // A list that was filtered or turned over has new places.
  document.addEventListener('w-swap:success', soon);
  document.addEventListener('visibilitychange', () => !document.hidden && poll());
  setInterval(poll, POLL_MS);
})();

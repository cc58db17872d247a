/*
 * The picker: assets of all connections in one modal. The server answers after 400 ms with what is there
 * and names the sources that are still to come; the page then asks once more, for these only.
 *
 * onevoiceLinks.openPicker({ url, origin, multiple, onChosen(states) })
 */
(() => {
  const DEBOUNCE_MS = 250;
  const COLUMNS_KEYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: 'up', ArrowDown: 'down', Home: 'first', End: 'last' };

  const csrf = () => JSON.parse(document.getElementById('wagtail-config').textContent).CSRF_TOKEN;
  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_match, name) => values[name]);
  const listed = (names) => new Intl.ListFormat(document.documentElement.lang || 'en').format(names);

  async function post(url, body, signal) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf() },
      body: JSON.stringify(body),
      signal,
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.error || '');
    return answer;
  }

  /* The types that the slot around `origin` accepts: what is ticked in the nearest field of that name. */
  function acceptedTypes(origin) {
    for (let child = origin.closest('[data-streamfield-child]'); child; ) {
      const field = child.querySelector('[data-contentpath="accepts"]');
      if (field) {
        const ticked = field.querySelectorAll('input:checked, option:checked');
        return [...ticked].map((input) => input.value).filter(Boolean);
      }
      child = child.parentElement.closest('[data-streamfield-child]');
    }
    return [];
  }

  class Picker {
    constructor(dialog, { origin, multiple, onChosen, accepts, space }) {
      Object.assign(this, { dialog, origin, multiple, onChosen, accepts, space });
      this.chosen = new Map();
      this.cursors = new Map();
      this.opener = document.activeElement;
      this.find = (name) => dialog.querySelector(`[data-picker="${name}"]`);
      this.text = dialog.dataset;
    }

    open() {
      document.body.append(this.dialog);
      this.dialog.addEventListener('close', () => this.leave());
      this.dialog.querySelectorAll('[data-picker="close"]').forEach((button) => {
        button.addEventListener('click', () => this.dialog.close());
      });
      this.dialog.showModal();
      if (!this.find('results')) return;
      this.listen();
      this.find('query').focus();
      this.search();
    }

    leave() {
      this.request?.abort();
      this.dialog.remove();
      if (this.opener?.isConnected) this.opener.focus();
      if (document.activeElement === document.body) this.origin.querySelector('button')?.focus();
    }

    listen() {
      const query = this.find('query');
      query.addEventListener('input', () => this.searchSoon());
      query.addEventListener('keydown', (event) => this.onQueryKey(event));
      // Leaving the words is a change, too, and they were asked for already.
      this.find('filters').addEventListener('change', ({ target }) => target === query || this.search());
      const results = this.find('results');
      results.addEventListener('click', ({ target }) => this.toggle(target.closest('[role="option"]')));
      results.addEventListener('keydown', (event) => this.onResultKey(event));
      results.addEventListener('focusin', ({ target }) => this.rove(target.closest('[role="option"]')));
      this.find('add')?.addEventListener('click', () => this.confirm());
      this.find('clear')?.addEventListener('click', () => this.clear());
    }

    /* Asking */

    searchSoon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), DEBOUNCE_MS);
    }

    ticked(name) {
      return [...this.dialog.querySelectorAll(`input[name="${name}"]:checked`)].map((input) => input.value);
    }

    async search() {
      clearTimeout(this.timer);
      this.request?.abort();
      this.request = new AbortController();
      const { signal } = this.request;
      this.sources = new Map();
      this.cursors.clear();
      // What was found before stays, dimmed, until the first answer: no flicker while somebody types.
      this.outdated = true;
      this.wait(true);
      const asked = {
        query: this.find('query').value,
        sources: this.ticked('source'),
        types: this.ticked('type'),
        accepts: this.accepts,
        space: this.space,
      };
      try {
        const pending = this.take(await post(this.text.resultsUrl, asked, signal));
        if (pending.length) {
          this.take(await post(this.text.resultsUrl, { ...asked, sources: pending, patient: true }, signal));
        }
        this.asked = asked;
      } catch (error) {
        this.failed(error);
      } finally {
        if (!signal.aborted) this.wait(false);
      }
    }

    async more(id, button) {
      const before = this.options().length;
      button.disabled = true;
      const cursors = { [id]: this.cursors.get(id) };
      try {
        this.take(
          await post(
            this.text.resultsUrl,
            { ...this.asked, sources: [id], cursors, patient: true },
            this.request.signal,
          ),
        );
        this.focusOn(this.options()[before]);
      } catch (error) {
        button.disabled = false;
        this.failed(error);
      }
    }

    failed(error) {
      if (error.name === 'AbortError') return;
      this.sources.set('', { state: 'failed', note: error.message || this.text.failed });
      this.tell();
    }

    /* Showing */

    /* Returns the ids of the sources that are still to come. */
    take({ sources }) {
      const within = this.outdated && this.find('results').contains(document.activeElement);
      if (this.outdated) this.find('results').replaceChildren();
      this.outdated = false;
      sources.forEach((source) => {
        this.sources.set(source.id, source);
        if (source.cursor) this.cursors.set(source.id, source.cursor);
        else this.cursors.delete(source.id);
      });
      this.append(this.mix(sources.map(({ options }) => options)));
      this.tell();
      if (within) (this.options()[0] ?? this.find('query')).focus();
      return sources.filter(({ state }) => state === 'pending').map(({ id }) => id);
    }

    /* One of each source in turn, so that the first screen shows all of them. */
    mix(lists) {
      const longest = Math.max(0, ...lists.map((list) => list.length));
      const turns = [...Array(longest).keys()];
      return turns.flatMap((turn) => lists.filter((list) => turn < list.length).map((list) => list[turn]));
    }

    append(fragments) {
      const holder = document.createElement('template');
      holder.innerHTML = fragments.join(''); // Rendered and escaped by our own server.
      const shown = new Set(this.options().map((option) => option.dataset.key));
      holder.content.querySelectorAll('[role="option"]').forEach((option) => {
        if (shown.has(option.dataset.key)) return;
        option.setAttribute('aria-selected', String(this.chosen.has(option.dataset.key)));
        this.find('results').append(option);
      });
      if (!this.find('results').querySelector('[tabindex="0"]')) this.rove(this.options()[0]);
    }

    options() {
      return [...this.find('results').children];
    }

    wait(waiting) {
      this.waiting = waiting;
      this.find('skeletons').hidden = !waiting || (this.outdated && this.options().length > 0);
      this.find('results').setAttribute('aria-busy', String(waiting));
      this.tell();
    }

    tell() {
      const all = [...this.sources.values()];
      const shown = this.options().length;
      const pending = this.waiting ? all.filter(({ state }) => state === 'pending') : [];
      this.find('asking').textContent = pending.length
        ? fill(this.text.asking, { names: listed(pending.map(({ name }) => name)) })
        : '';
      this.find('results').hidden = !shown;
      this.find('empty').hidden = this.waiting || shown > 0 || all.some(({ state }) => state === 'failed');
      const query = this.find('query').value.trim();
      this.find('empty-words').textContent = query ? fill(this.text.nothing, { query }) : this.text.none;
      const settled = all.length > pending.length;
      this.find('count').textContent = settled ? fill(this.text.shown, { number: shown }) : this.text.searching;
      this.tellProblems(all.filter(({ state }) => state === 'failed'));
      this.offerMore(all);
    }

    tellProblems(failed) {
      const notes = failed.map(({ note }) => {
        const line = document.createElement('li');
        line.innerHTML = '<svg class="icon icon-warning" aria-hidden="true"><use href="#icon-warning"></use></svg>';
        line.append(note);
        return line;
      });
      this.find('problems').replaceChildren(...notes);
      this.find('problems').hidden = !notes.length;
    }

    offerMore(sources) {
      const buttons = sources
        .filter(({ id }) => this.cursors.has(id))
        .map(({ id, name }) => {
          const button = document.createElement('button');
          button.type = 'button';
          button.className = 'button button-small button-secondary';
          button.textContent = fill(this.text.more, { source: name });
          button.addEventListener('click', () => this.more(id, button));
          return button;
        });
      this.find('more').replaceChildren(...buttons);
    }

    /* Moving */

    rove(option) {
      if (!option) return;
      this.options().forEach((other) => other.setAttribute('tabindex', other === option ? '0' : '-1'));
    }

    focusOn(option) {
      this.rove(option);
      option?.focus();
      option?.scrollIntoView({ block: 'nearest' });
    }

    onQueryKey(event) {
      if (event.key === 'Enter') {
        event.preventDefault();
        this.search();
      } else if (event.key === 'ArrowDown' && this.options().length) {
        event.preventDefault();
        this.focusOn(this.options().find((option) => option.tabIndex === 0));
      }
    }

    onResultKey(event) {
      const option = event.target.closest('[role="option"]');
      if (!option || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in COLUMNS_KEYS) {
        event.preventDefault();
        this.step(option, COLUMNS_KEYS[event.key]);
      } else if (event.key === ' ') {
        event.preventDefault();
        this.toggle(option);
      } else if (event.key === 'Enter') {
        event.preventDefault();
        if (!this.chosen.size) this.toggle(option);
        this.confirm();
      }
    }

    step(option, move) {
      const options = this.options();
      const at = options.indexOf(option);
      const columns = Math.max(1, options.filter(({ offsetTop }) => offsetTop === options[0].offsetTop).length);
      const sideways = getComputedStyle(this.dialog).direction === 'rtl' ? -move : move;
      const to = { up: at - columns, down: at + columns, first: 0, last: options.length - 1 }[move] ?? at + sideways;
      if (move === 'up' && to < 0) this.find('query').focus();
      else if (options[to]) this.focusOn(options[to]);
      else if (move === 'down') this.focusOn(options.at(-1));
    }

    /* Choosing */

    toggle(option) {
      if (!option || this.sending) return;
      const { key, connection, type, id, title } = option.dataset;
      if (!this.multiple) {
        this.chosen = new Map([[key, { connection, type, id }]]);
        this.confirm();
        return;
      }
      if (!this.chosen.delete(key)) this.chosen.set(key, { connection, type, id, title });
      this.countChosen();
    }

    clear() {
      this.chosen.clear();
      this.countChosen();
      this.find('query').focus();
    }

    countChosen() {
      this.options().forEach((option) => {
        option.setAttribute('aria-selected', String(this.chosen.has(option.dataset.key)));
      });
      const number = this.chosen.size;
      const titles = [...this.chosen.values()].map(({ title }) => title);
      this.find('add').disabled = !number;
      this.find('add').textContent = number ? fill(this.text.add, { number }) : this.text.addNone;
      this.find('chosen').textContent = number ? fill(this.text.chosen, { number }) : '';
      this.find('titles').textContent = titles.join(' · ');
      this.find('clear').hidden = !number;
    }

    async confirm() {
      if (!this.chosen.size || this.sending) return;
      this.sending = true;
      const items = [...this.chosen.values()].map(({ connection, type, id }) => ({ connection, type, id }));
      try {
        const { links } = await post(this.text.chooseUrl, { items, accepts: this.accepts, space: this.space });
        this.dialog.close();
        this.onChosen(links);
      } catch (error) {
        this.sending = false;
        this.failed(error);
      }
    }
  }

  let opening = false;

  async function openPicker({ url, origin, multiple, onChosen }) {
    if (opening) return;
    opening = true;
    const accepts = acceptedTypes(origin);
    const space = document.querySelector('[data-edit-form] [name="space"]')?.value || '';
    const asked = new URLSearchParams({ multiple: multiple ? '1' : '', space });
    accepts.forEach((type) => asked.append('accepts', type));
    try {
      const response = await fetch(`${url}?${asked}`, { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
      const holder = document.createElement('template');
      holder.innerHTML = await response.text();
      const dialog = holder.content.querySelector('dialog');
      if (!dialog) throw new Error(`picker: HTTP ${response.status}`);
      new Picker(dialog, { origin, multiple, onChosen, accepts, space: Number(space) || null }).open();
    } finally {
      opening = false;
    }
  }

  window.onevoiceLinks = Object.assign(window.onevoiceLinks || {}, { openPicker });
})();

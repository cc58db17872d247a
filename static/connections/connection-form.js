// The connection form: what is shown, the Test button, the live mapping, and tables with rows to add.

const { Controller } = window.StimulusModule;

/** Shows a row while the settings that it hangs on have one of the values that it names. */
class SettingsController extends Controller {
  static targets = ['row'];

  connect() {
    this.refresh();
  }

  refresh() {
    this.rowTargets.forEach((row) => {
      const conditions = JSON.parse(row.dataset.showIf || '{}');
      row.hidden = !Object.entries(conditions).every(([name, values]) => values.includes(this.valueOf(name)));
    });
    this.element.querySelectorAll('[data-panel]').forEach((panel) => {
      const rows = [...panel.querySelectorAll('[data-connections-settings-target="row"]')];
      const others = panel.querySelector('[data-field-wrapper]:not([data-connections-settings-target] *)');
      panel.hidden = rows.length > 0 && !others && rows.every((row) => row.hidden);
    });
  }

  /** The value as the form would send it; nothing for a setting that is itself hidden. */
  valueOf(name) {
    const field = this.element.querySelector(`[name="${CSS.escape(name)}"]`);
    if (!field || field.closest('[hidden]')) return null;
    return field.type === 'checkbox' ? String(field.checked) : field.value;
  }
}

/** Sends the form as it stands, unsaved, and shows in words what came of it. */
class TrialController extends Controller {
  static targets = ['button', 'panel', 'result'];
  static values = { url: String, busy: String, failed: String };

  async run() {
    this.panelTarget.hidden = false;
    this.resultTarget.textContent = this.busyValue;
    this.resultTarget.setAttribute('aria-busy', 'true');
    this.buttonTarget.disabled = true;
    try {
      const response = await post(this.urlValue, formData(this.element));
      if (!response.ok || response.redirected) throw new Error(response.status);
      this.resultTarget.innerHTML = await response.text();
    } catch {
      this.resultTarget.textContent = this.failedValue;
    } finally {
      this.resultTarget.removeAttribute('aria-busy');
      this.buttonTarget.disabled = false;
    }
  }

  /** What was found is of settings that have changed since; one that is still asked for comes all the same. */
  outdate() {
    if (!this.resultTarget.hasAttribute('aria-busy')) this.panelTarget.hidden = true;
  }

  close() {
    this.panelTarget.hidden = true;
    this.buttonTarget.focus();
  }
}

/** Keeps one live record in the page and shows beside each expression what it gives on it. */
class MappingController extends Controller {
  static targets = ['button', 'places', 'record', 'row', 'status', 'table', 'title'];
  static values = {
    sampleUrl: String, evaluateUrl: String, busy: String, loaded: String, failed: String, nothing: String,
    record: String, answer: String,
  };

  connect() {
    this.type = this.typeField?.value;
    this.fieldsByType = JSON.parse(document.getElementById('connections-fields-by-type').textContent);
  }

  disconnect() {
    clearTimeout(this.timer);
  }

  get typeField() {
    return this.element.querySelector('[name="config__type"]');
  }

  async load() {
    this.buttonTarget.disabled = true;
    this.statusTarget.textContent = this.busyValue;
    try {
      const { sample, problem, answer } = await ask(this.sampleUrlValue, formData(this.element));
      this.statusTarget.textContent = problem || this.loadedValue;
      this.show(problem ? answer : sample, problem ? this.answerValue : this.recordValue);
      this.sample = problem ? null : JSON.stringify(sample);
      if (problem) return;
      this.placesTarget.replaceChildren(...placesIn(sample).map((place) => new Option(place)));
      await this.evaluate();
    } catch {
      this.statusTarget.textContent = this.failedValue;
    } finally {
      this.buttonTarget.disabled = false;
    }
  }

  show(data, title) {
    this.recordTarget.hidden = data === undefined;
    this.titleTarget.textContent = data === undefined ? this.recordValue : title;
    this.recordTarget.textContent = data === undefined ? '' : JSON.stringify(data, null, 2);
  }

  schedule() {
    this.redrawForType();
    if (!this.sample) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.evaluate(), 350);
  }

  async evaluate() {
    const data = formData(this.element);
    data.set('sample', this.sample);
    const asked = (this.asked = {});
    try {
      const answer = await ask(this.evaluateUrlValue, data);
      // A later keystroke has asked again; its answer is the one to show.
      if (asked !== this.asked) return;
      this.statusTarget.textContent = answer.problem || this.loadedValue;
      this.rowTargets.forEach((row) => this.showResult(row, answer));
    } catch {
      this.statusTarget.textContent = this.failedValue;
    }
  }

  showResult(row, { values = {}, problems = {} }) {
    const cell = row.querySelector('[data-result]');
    const [name, expression] = ['name', 'text'].map((part) => row.querySelector(`[name$="-${part}"]`).value.trim());
    const problem = name && problems[name];
    cell.classList.toggle('connections-table__result--problem', Boolean(problem));
    if (problem) cell.textContent = problem;
    else if (!expression) cell.textContent = '';
    else cell.textContent = name in values ? asText(values[name]) : this.nothingValue;
  }

  /** Another type has other fields; what was typed for the old ones stays as rows of one's own. */
  redrawForType() {
    const type = this.typeField?.value;
    if (!this.hasTableTarget || type === this.type || !this.fieldsByType[type]) return;
    this.type = type;
    const { name } = this.tableTarget.dataset;
    const typed = this.rowTargets
      .map((row) => ['name', 'text'].map((part) => row.querySelector(`[name="${name}-${part}"]`).value.trim()))
      .filter(([field, expression]) => field && expression);
    const expressions = new Map(typed);
    const body = this.tableTarget.querySelector('tbody');
    body.replaceChildren();
    this.fieldsByType[type].forEach((field) => {
      body.append(this.makeRow(name, field, expressions.get(field.name) || ''));
      expressions.delete(field.name);
    });
    expressions.forEach((expression, field) => body.append(this.makeOwnRow(field, expression)));
  }

  makeRow(name, field, expression) {
    const row = this.makeOwnRow('', expression);
    const head = row.querySelector('th');
    const title = Object.assign(document.createElement('span'), { textContent: field.title });
    const code = Object.assign(document.createElement('span'), { className: 'connections-table__name', textContent: field.name });
    const hidden = Object.assign(document.createElement('input'), { type: 'hidden', name: `${name}-name`, value: field.name });
    const mark = Object.assign(document.createElement('span'), { className: 'w-required-mark', textContent: '*' });
    head.replaceChildren(title, ...(field.required ? [mark] : []), code, hidden);
    const input = row.querySelector('td input');
    input.setAttribute('aria-label', `${input.getAttribute('aria-label')} ${field.title}`);
    return row;
  }

  makeOwnRow(field, expression) {
    const template = this.tableTarget.querySelector('template');
    const row = template.content.firstElementChild.cloneNode(true);
    row.querySelector('th input').value = field;
    row.querySelector('td input').value = expression;
    return row;
  }
}

/** A table whose rows can be added and removed. */
class RowsController extends Controller {
  static targets = ['body', 'template'];

  add() {
    const row = this.templateTarget.content.firstElementChild.cloneNode(true);
    this.bodyTarget.append(row);
    row.querySelector('input').focus();
  }

  remove(event) {
    event.currentTarget.closest('tr').remove();
    this.dispatch('changed');
    this.element.querySelector('[data-action="connections-rows#add"]').focus();
  }
}

function formData(element) {
  return new FormData(element.querySelector('form[data-edit-form]'));
}

function post(url, body) {
  return fetch(url, { method: 'POST', body, headers: { 'X-Requested-With': 'XMLHttpRequest' } });
}

async function ask(url, body) {
  const response = await post(url, body);
  if (response.redirected || !response.headers.get('content-type')?.includes('json')) throw new Error(response.status);
  return response.json();
}

const MOST_PLACES = 200;

/** Where a record holds its values, as expressions: what somebody may type, offered while they type. */
function placesIn(record) {
  const places = new Set();
  const walk = (value, place) => {
    if (places.size >= MOST_PLACES || value === null) return;
    if (Array.isArray(value)) {
      if (typeof value[0] === 'object') walk(value[0], `${place}[0]`);
      else places.add(place);
    } else if (typeof value === 'object') {
      Object.entries(value).forEach(([name, inner]) => walk(inner, place ? `${place}.${asName(name)}` : asName(name)));
    } else places.add(place);
  };
  walk(record, '');
  return [...places];
}

function asName(name) {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

function asText(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

window.wagtail.app.register('connections-settings', SettingsController);
window.wagtail.app.register('connections-trial', TrialController);
window.wagtail.app.register('connections-mapping', MappingController);
window.wagtail.app.register('connections-rows', RowsController);

/*
 * When a field keeps the form from being saved, says so at the field at once, and lists all such fields
 * beside the button that saves. Wagtail only says that something is wrong somewhere.
 */
(() => {
  let told = [];

  function clear() {
    told.forEach((input) => window.onevoiceFields.tell(input, ''));
    told = [];
    document.querySelector('.experience-hold-ups')?.remove();
  }

  function inputOf(form, { name }) {
    const found = name && form.elements.namedItem(name);
    return found instanceof Element ? found : found?.[0];
  }

  /* Opens what is folded around it, and goes there. A chosen row has no input that takes the focus. */
  function goTo(input) {
    const field = input.closest('[data-field]') || input;
    field.dispatchEvent(new Event('beforematch', { bubbles: true }));
    const target = input.type === 'hidden' ? field.querySelector('button:not([hidden])') || field : input;
    target.scrollIntoView({ block: 'center' });
    target.focus({ preventScroll: true });
  }

  function line(form, holdUp) {
    const item = document.createElement('li');
    const input = inputOf(form, holdUp);
    if (input && holdUp.label) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = holdUp.label;
      button.addEventListener('click', () => goTo(input));
      item.append(button, ' ');
    }
    item.append(holdUp.message);
    return item;
  }

  function list(form, holdUps, title) {
    const box = document.createElement('div');
    box.className = 'experience-hold-ups';
    box.setAttribute('role', 'status');
    const heading = document.createElement('p');
    heading.textContent = title;
    const lines = document.createElement('ul');
    lines.append(...holdUps.map((holdUp) => line(form, holdUp)));
    box.append(heading, lines);
    // On a phone the buttons stand at the form's end, far below what is being typed.
    const footer = form.querySelector('footer');
    if (getComputedStyle(footer).position === 'fixed') footer.append(box);
    else footer.before(box);
  }

  document.addEventListener('w-autosave:error', ({ target: form, detail }) => {
    const holdUps = detail.response?.hold_ups || [];
    const focused = document.activeElement;
    clear();
    if (!holdUps.length) return;
    holdUps.forEach((holdUp) => {
      const input = inputOf(form, holdUp);
      if (!input) return;
      window.onevoiceFields.tell(input, holdUp.message);
      told.push(input);
    });
    list(form, holdUps, detail.response.hold_ups_title);
    if (!focused?.isConnected) form.querySelector('.experience-hold-ups button')?.focus();
  });
  document.addEventListener('w-autosave:success', clear);
})();

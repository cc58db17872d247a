/*
 * Words at a field of the editor, in the place and the looks that Wagtail gives to its own errors, so that
 * a message of the server and one of ours never stand there twice.
 *
 * onevoiceFields.tell(input, words) replaces what stands there; onevoiceFields.tell(input, '') takes it away.
 */
(() => {
  const place = (input) => input.closest('[data-field]')?.querySelector('[data-field-errors]');

  function tell(input, words) {
    const errors = place(input);
    if (!errors || (errors.textContent.trim() === words && Boolean(words) === input.hasAttribute('aria-invalid'))) return;
    errors.setAttribute('aria-live', 'polite');
    errors.querySelectorAll('.error-message').forEach((message) => message.remove());
    errors.querySelector('.icon')?.toggleAttribute('hidden', !words);
    input.closest('[data-field]').classList.toggle('w-field--error', Boolean(words));
    describe(input, errors, Boolean(words));
    if (!words) return;
    const message = document.createElement('p');
    message.className = 'error-message';
    message.textContent = words;
    errors.append(message);
  }

  /* For who cannot see where the words stand. */
  function describe(input, errors, wrong) {
    const others = (input.getAttribute('aria-describedby') || '').split(' ').filter((id) => id && id !== errors.id);
    input.setAttribute('aria-describedby', (wrong ? [errors.id, ...others] : others).join(' '));
    if (wrong) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  }

  window.onevoiceFields = { tell };
})();

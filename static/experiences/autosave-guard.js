/*
 * Keeps Wagtail's autosave from calling an edit saved that it did not send.
 *
 * Wagtail 8.0.1 takes the form's data, waits half a second, posts it, and on success takes a new
 * snapshot of the form as "saved". What was typed in between is in that snapshot but was not posted:
 * the header says "Saved", no warning is shown on leaving, and nothing more is sent until the next edit.
 * Here the form is compared with what was posted; if it differs, it is saved again.
 */
const SKIPPED = new Set([
  'csrfmiddlewaretoken',
  'loaded_revision_id',
  'loaded_revision_created_at',
  'next',
  'overwrite_revision_id',
]);

const fingerprint = (formData) =>
  JSON.stringify(
    [...formData.entries()]
      .filter(([name]) => !SKIPPED.has(name))
      .map(([name, value]) => [name, value instanceof File ? `${value.name} ${value.size}` : value]),
  );

const posted = new WeakMap();

document.addEventListener('w-autosave:save', (event) => {
  posted.set(event.target, fingerprint(event.detail.formData));
});

document.addEventListener('w-autosave:success', (event) => {
  const form = event.target;
  if (!posted.has(form) || posted.get(form) === fingerprint(new FormData(form))) return;
  const controller = window.wagtail.app.getControllerForElementAndIdentifier(form, 'w-autosave');
  // After the handlers of this event, which end the save that has just succeeded.
  if (controller) setTimeout(() => controller.save(event), 0);
});

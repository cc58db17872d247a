/* Shows what a collection or bound link would bring, while its form is being filled in. */
(() => {
  const DEBOUNCE_MS = 400;

  class Preview {
    constructor(root) {
      this.root = root;
      this.form = root.closest('form');
      this.place = root.querySelector('[data-links-preview-card]');
      this.form.addEventListener('input', () => this.soon());
      this.form.addEventListener('change', () => this.soon());
      this.show();
    }

    soon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.show(), DEBOUNCE_MS);
    }

    async show() {
      this.request?.abort();
      this.request = new AbortController();
      const { signal } = this.request;
      this.place.setAttribute('aria-busy', 'true');
      try {
        const response = await fetch(this.root.dataset.url, { method: 'POST', body: new FormData(this.form), signal });
        if (!response.ok) throw new Error(`preview: HTTP ${response.status}`);
        this.place.innerHTML = await response.text(); // Rendered and escaped by our own server.
      } catch (error) {
        if (error.name !== 'AbortError') this.place.textContent = this.root.dataset.failed;
      } finally {
        if (!signal.aborted) this.place.removeAttribute('aria-busy');
      }
    }
  }

  const start = () => document.querySelectorAll('[data-links-preview]').forEach((root) => new Preview(root));
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();

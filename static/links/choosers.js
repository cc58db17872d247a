/* The widgets of the editor: Wagtail's chooser with a live card in place of a title. */
(() => {
  const BaseChooser = window.Chooser;
  const BaseFactory = window.telepath.constructors['wagtail.admin.widgets.Chooser'];
  const links = window.onevoiceLinks;

  class LiveChooser extends BaseChooser {
    initHTMLElements(id) {
      super.initHTMLElements(id);
      this.card = this.chooserElement.querySelector('[data-links-card]');
      this.skeleton = this.card.innerHTML;
      this.editLink = this.chooserElement.querySelector('[data-chooser-edit-link]');
      this.card.addEventListener('links:card', ({ detail }) => this.takeCard(detail));
    }

    getStateFromHTML() {
      const state = super.getStateFromHTML();
      return state && { ...state, uuid: this.card.dataset.uuid };
    }

    renderState(state) {
      super.renderState(state);
      const uuid = state.uuid || '';
      if (uuid && this.card.dataset.uuid === uuid) return;
      this.card.dataset.uuid = uuid;
      delete this.card.dataset.shown;
      if (uuid) this.wait();
      else this.showLost();
    }

    wait() {
      this.card.innerHTML = this.skeleton;
      this.card.setAttribute('aria-busy', 'true');
      links.loadCards();
    }

    /* The row is gone. Its id stays in the form, so that saving erases nothing. */
    showLost() {
      const words = document.createElement('p');
      words.className = 'links-card__problem';
      words.textContent = this.card.dataset.lost;
      this.card.replaceChildren(words);
      this.card.removeAttribute('aria-busy');
    }

    renderEmptyState() {
      super.renderEmptyState();
      this.card.dataset.uuid = '';
      delete this.card.dataset.shown;
    }

    /* The collapsed block and the screen reader's name of the menu say what the card says. */
    takeCard({ label, may_open: mayOpen }) {
      if (!this.state || !label) return;
      this.state = { ...this.state, title: label };
      this.titleElement.textContent = label;
      // No link to a page that would be refused.
      if (this.editLink && !mayOpen) this.editLink.hidden = true;
    }
  }

  class LinkChooser extends LiveChooser {
    openChooserModal() {
      links.openPicker({
        url: this.opts.modalUrl || this.chooserElement.dataset.chooserUrl,
        origin: this.chooserElement,
        multiple: false,
        onChosen: ([state]) => this.setStateFromModalData(state),
      });
    }
  }

  Object.assign(links, { LiveChooser, LinkChooser });
  window.telepath.register(
    'links.LiveChooser',
    class extends BaseFactory {
      widgetClass = LiveChooser;
    },
  );
  window.telepath.register(
    'links.LinkChooser',
    class extends BaseFactory {
      widgetClass = LinkChooser;
    },
  );
})();

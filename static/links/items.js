/* Wagtail's StreamBlock with a button that picks several assets and adds them all. */
(() => {
  const { StreamBlock, StreamBlockDefinition } = window.wagtailStreamField.blocks;

  class ItemsBlock extends StreamBlock {
    constructor(blockDef, placeholder, prefix, initialState, initialError) {
      super(blockDef, placeholder, prefix, initialState, initialError);
      this.element.append(this.toolbar(blockDef.meta.links));
    }

    toolbar({ chooseText, pickerUrl }) {
      const bar = document.createElement('div');
      bar.className = 'links-toolbar';
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'button button-small button-secondary';
      button.innerHTML = '<svg class="icon icon-image" aria-hidden="true"><use href="#icon-image"></use></svg>';
      button.append(chooseText);
      button.addEventListener('click', () =>
        window.onevoiceLinks.openPicker({
          url: pickerUrl,
          origin: this.element,
          multiple: true,
          onChosen: (chosen) => this.add(chosen),
        }),
      );
      bar.append(button);
      return bar;
    }

    add(chosen) {
      chosen.forEach((value) => {
        const [, , id] = this._getChildDataForInsertion({ type: 'link' });
        this.insert({ type: 'link', value, id }, this.children.length, { animate: true });
      });
    }
  }

  class ItemsBlockDefinition extends StreamBlockDefinition {
    render(placeholder, prefix, initialState, initialError) {
      return new ItemsBlock(this, placeholder, prefix, initialState, initialError);
    }
  }

  window.telepath.register('links.ItemsBlock', ItemsBlockDefinition);
})();

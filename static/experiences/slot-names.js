/*
 * Tells of a slot's name, while it is typed, what would keep it from being published: it is no name that an
 * app could ask for, or another slot has it. The draft is saved all the same.
 */
(() => {
  const controllers = new Set();
  const name = ({ element }) => element.value.trim();

  /* Wagtail leaves a slot that was taken out in the form, marked. */
  function isThere({ element }) {
    const marks = element.closest('[data-streamfield-child]')?.querySelector(':scope > input[name$="-deleted"]');
    return element.isConnected && !marks?.value;
  }

  function checkAll() {
    const there = [...controllers].filter(isThere);
    there.forEach((controller) => {
      const twice = there.some((other) => other !== controller && name(other) === name(controller));
      controller.say(controller.wordsFor(name(controller), twice));
    });
  }

  class SlotNameController extends window.StimulusModule.Controller {
    static values = { rule: String, wrong: String, twice: String };

    connect() {
      controllers.add(this);
      this.onInput = () => {
        // Whatever the server said of the name that was there before.
        this.words = null;
        checkAll();
      };
      this.element.addEventListener('input', this.onInput);
      this.words = '';
      checkAll();
    }

    disconnect() {
      controllers.delete(this);
      this.element.removeEventListener('input', this.onInput);
      checkAll();
    }

    say(words) {
      if (words === this.words) return;
      this.words = words;
      window.onevoiceFields.tell(this.element, words);
    }

    wordsFor(typed, twice) {
      if (!typed) return '';
      if (!new RegExp(`^(?:${this.ruleValue})$`).test(typed)) return this.wrongValue;
      return twice ? this.twiceValue : '';
    }
  }

  window.wagtail.app.register('slot-name', SlotNameController);
  // Also after slots were taken out, which is no event of its own.
  document.addEventListener('w-autosave:save', checkAll);
})();

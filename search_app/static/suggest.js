// Suggestions under the search box: the WAI-ARIA combobox with a list, where the box itself keeps the focus.
// Without this script the page works as before. While an input method composes, nothing is asked and nothing is sent.
"use strict";

(() => {
  const PAUSE = 120; // milliseconds without typing before the server is asked

  class Combobox {
    constructor(form) {
      this.form = form;
      this.input = form.querySelector("input[name=q]");
      this.list = this.made("ul", { id: "suggestions", class: "suggestions", role: "listbox", "aria-label": "补全" });
      this.status = this.made("p", { class: "visually-hidden", role: "status" });
      this.asked = 0;
      this.composing = false;
      for (const [name, value] of Object.entries({
        role: "combobox", "aria-expanded": "false", "aria-controls": "suggestions", "aria-autocomplete": "list",
      })) this.input.setAttribute(name, value);
      this.close();
      this.listen();
    }

    made(tag, attributes) {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      return this.form.appendChild(element);
    }

    listen() {
      this.input.addEventListener("compositionstart", () => { this.composing = true; this.close(); });
      this.input.addEventListener("compositionend", () => { this.composing = false; this.later(); });
      this.input.addEventListener("input", (event) => { if (!this.composing && !event.isComposing) this.later(); });
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.input.addEventListener("blur", () => this.close());
      this.form.addEventListener("submit", () => this.close());
      this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
      this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    }

    // Whether a key belongs to the input method. Safari ends the composition before the Enter that confirms it, and
    // only its code, 229, still tells.
    ofInputMethod(event) {
      return this.composing || event.isComposing || event.keyCode === 229;
    }

    key(event) {
      if (this.ofInputMethod(event)) {
        if (event.key === "Enter") event.preventDefault();
        return;
      }
      if (event.key === "Escape" && !this.list.hidden) { event.preventDefault(); this.close(); }
      else if (event.key === "Tab") this.close();
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.move(event);
      else if (event.key === "Enter" && this.active) { event.preventDefault(); this.choose(this.active); }
    }

    move(event) {
      const options = [...this.list.children];
      if (this.list.hidden) {
        if (event.key === "ArrowDown" && this.input.value.trim()) { event.preventDefault(); this.ask(); }
        return;
      }
      event.preventDefault();
      // One stop more than there are options: the box itself, with nothing chosen.
      const stops = options.length + 1;
      const step = event.key === "ArrowDown" ? 1 : stops - 1;
      this.activate(options[(options.indexOf(this.active) + 1 + step) % stops - 1]);
    }

    activate(option) {
      this.active?.setAttribute("aria-selected", "false");
      this.active = option;
      if (!option) { this.input.removeAttribute("aria-activedescendant"); return; }
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", option.id);
    }

    later() {
      this.asked += 1; // an answer still on its way is to an older question
      clearTimeout(this.timer);
      if (!this.input.value.trim()) { this.close(); return; }
      this.timer = setTimeout(() => this.ask(), PAUSE);
    }

    async ask() {
      const question = ++this.asked;
      const typed = this.input.value;
      try {
        const answer = await fetch(`/api/v1/suggest?${new URLSearchParams({ q: typed })}`);
        const found = answer.ok ? await answer.json() : { suggestions: [] };
        if (question === this.asked && !this.composing && document.activeElement === this.input) this.show(found);
      } catch {
        if (question === this.asked) this.close(); // no network, no suggestions; the box goes on as it is
      }
    }

    show(found) {
      if (!found.suggestions.length) { this.close(); return; }
      this.whole = found.whole;
      this.activate(undefined);
      this.list.replaceChildren(...found.suggestions.map((each, number) => this.option(each, number)));
      this.list.hidden = false;
      this.input.setAttribute("aria-expanded", "true");
      this.status.textContent = `有 ${found.suggestions.length} 个可以补全的词，用上下方向键选择`;
    }

    option(suggestion, number) {
      const option = document.createElement("li");
      option.id = `suggestion-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.query = suggestion.query;
      const text = document.createElement("span");
      text.textContent = suggestion.text;
      const told = document.createElement("small");
      told.textContent = `${suggestion.kind === "heading" ? "标题 · " : ""}全库 ${suggestion.units.toLocaleString("en")} 段`;
      option.append(text, " ", told);
      return option;
    }

    choose(option) {
      if (!option) return;
      this.input.value = option.dataset.query;
      const whole = this.whole;
      this.close();
      this.input.focus();
      if (whole) this.form.requestSubmit();
    }

    close() {
      this.asked += 1;
      clearTimeout(this.timer);
      this.activate(undefined);
      this.list.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.status.textContent = "";
    }
  }

  for (const form of document.querySelectorAll("form.box")) new Combobox(form);
})();

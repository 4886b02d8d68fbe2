// Choosing who you are.

import { el, renderKeyed } from "./dom.js";
import { avatar } from "./messages.js";
import { matching } from "./popup.js";

/** A searchable list of the people of the workspace; each is a link, so a second window can be a second person. */
export class PeopleList {
  constructor(place, { onChoose }) {
    this.onChoose = onChoose;
    this.people = [];
    this.search = el("input", {
      type: "search",
      class: "field",
      placeholder: "Search by name or job",
      "aria-label": "Search people",
      autocomplete: "off",
      oninput: () => this.draw(),
      onkeydown: (event) => this.key(event),
    });
    this.list = el("ul", { class: "people-list", onkeydown: (event) => this.key(event) });
    place.append(this.search, this.list);
  }

  show(people, current) {
    this.people = people.filter((person) => !person.is_bot);
    this.current = current;
    this.draw();
  }

  draw() {
    const items = this.people.map((person) => ({ text: person.name, detail: person.title, person }));
    const found = matching(items, this.search.value);
    renderKeyed(this.list, found.length ? found : [{ nobody: true }], {
      key: (item) => item.person?.id ?? "",
      signature: (item) => JSON.stringify([item.person, this.current === item.person?.id]),
      render: (item) => (item.nobody ? el("li", { class: "empty" }, "Nobody by that name.") : this.row(item.person)),
    });
  }

  row(person) {
    const words = el(
      "span",
      {},
      el("strong", {}, person.name),
      el("span", { class: "person-title" }, person.deleted ? "Has left" : person.title),
    );
    if (person.deleted) return el("li", { class: "person gone" }, avatar(person.name), words);
    const choose = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.onChoose(person.id);
    };
    const address = `?${new URLSearchParams({ person: person.id })}`;
    const isMe = person.id === this.current;
    const here = el(
      "a",
      { class: "person", href: address, onclick: choose, "aria-current": isMe ? "true" : null },
      avatar(person.name),
      words,
    );
    const apart = el(
      "a",
      { class: "apart", href: address, target: "_blank", "aria-label": `New window as ${person.name}` },
      "New window",
    );
    return el("li", {}, here, apart);
  }

  key(event) {
    const rows = [...this.list.querySelectorAll("a.person")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) (rows[rows.indexOf(document.activeElement) + step] ?? this.search).focus();
    else if (event.key === "Enter" && event.target === this.search) rows[0]?.click();
    else return;
    event.preventDefault();
  }
}

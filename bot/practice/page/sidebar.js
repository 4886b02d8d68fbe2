// Where one can go: the app's Home tab and messages, channels, other direct messages.

import { el, renderKeyed } from "./dom.js";

/** The places a person can open: `{id, group, name, unread}`; the Home tab's id is "home". */
export function listPlaces(state) {
  const appDm = state.dms.find((dm) => dm.with.is_bot);
  const others = state.dms.filter((dm) => !dm.with.is_bot);
  return [
    ...(state.home_tab_on === false ? [] : [{ id: "home", group: state.app.name, name: "Home", unread: 0 }]),
    ...(appDm
      ? [
          {
            id: appDm.id,
            group: state.app.name,
            name: "Messages",
            unread: appDm.unread,
            title: state.app.name,
            isOpen: true,
          },
        ]
      : []),
    ...state.channels.map((channel) => ({
      id: channel.id,
      group: "Channels",
      name: `# ${channel.name}`,
      unread: channel.unread,
      title: `#${channel.name}`,
      isOpen: channel.is_member && !channel.is_archived,
      isArchived: channel.is_archived,
    })),
    ...others.map((dm) => ({
      id: dm.id,
      group: "Direct messages",
      name: dm.with.name,
      unread: dm.unread,
      title: dm.with.name,
      isOpen: true,
    })),
  ];
}

/** Draw the places; unread ones are bold and counted in words for those who hear the page. */
export function showPlaces(nav, places, { current, addressOf, onGo }) {
  const groups = [...new Set(places.map((place) => place.group))];
  renderKeyed(
    nav,
    groups.map((name) => ({ name, places: places.filter((place) => place.group === name) })),
    {
      key: (group) => group.name,
      signature: (group) => JSON.stringify([group, group.places.some((place) => place.id === current) && current]),
      render: (group) =>
        el(
          "section",
          {},
          el("h2", {}, group.name),
          el(
            "ul",
            {},
            group.places.map((place) => el("li", {}, placeLink(place, { current, addressOf, onGo }))),
          ),
        ),
    },
  );
}

function placeLink(place, { current, addressOf, onGo }) {
  const go = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onGo(place.id);
  };
  const count = place.unread
    ? el("span", { class: "unread" }, String(place.unread), el("span", { class: "unseen" }, " unread"))
    : null;
  return el(
    "a",
    {
      href: addressOf(place.id),
      onclick: go,
      class: place.unread ? "has-unread" : null,
      "data-focus": `place ${place.id}`,
      "aria-current": place.id === current ? "page" : null,
    },
    el("span", {}, place.name),
    place.isArchived && el("span", { class: "tag" }, "archived"),
    count,
  );
}

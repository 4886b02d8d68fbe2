// Who and what can be named: people, channels and direct messages, as the chosen person sees them.

/** The offset at the end of an ISO moment, which is a zone too: the person's own, as it is today. */
function offsetOf(moment) {
  return moment.match(/[+-]\d\d:\d\d$/)?.[0] ?? "UTC";
}

/** The names behind ids, and the zone and moment in which dates are said. */
export class Directory {
  constructor() {
    this.people = new Map();
    this.channels = [];
    this.dms = [];
    this.zone = "UTC";
    this.now = 0;
  }

  takePeople(people) {
    this.people = new Map(people.map((person) => [person.id, person]));
  }

  takeState(state) {
    this.channels = state.channels;
    this.dms = state.dms;
    this.zone = state.me.tz ?? offsetOf(state.now);
    this.now = Date.parse(state.now) / 1000;
  }

  nameOf(id) {
    return this.people.get(id)?.name ?? null;
  }

  channelName(id) {
    return this.channels.find((channel) => channel.id === id)?.name ?? null;
  }

  /** Everyone who can be picked, as Slack's own people pickers list them (bots too). */
  peopleItems() {
    const active = [...this.people.values()].filter((person) => !person.deleted);
    return active.map((person) => ({ text: person.name, detail: person.title, value: person.id }));
  }

  channelItems() {
    return this.channels
      .filter((channel) => !channel.is_archived)
      .map((channel) => ({ text: `#${channel.name}`, value: channel.id }));
  }

  dmItems() {
    return this.dms.map((dm) => ({ text: dm.with.name, detail: "Direct message", value: dm.id }));
  }
}

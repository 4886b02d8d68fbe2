// Dates and times in a person's own zone, by the browser's own tables.

function parts(seconds, zone) {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return Object.fromEntries(format.formatToParts(new Date(seconds * 1000)).map((part) => [part.type, part.value]));
}

/** Seconds since 1970 → "YYYY-MM-DDTHH:MM" on the wall clock of `zone`. */
export function toWallClock(seconds, zone) {
  const at = parts(seconds, zone);
  return `${at.year}-${at.month}-${at.day}T${at.hour}:${at.minute}`;
}

/** "YYYY-MM-DDTHH:MM" on the wall clock of `zone` → seconds since 1970; a time skipped by the clock change moves on. */
export function fromWallClock(wall, zone) {
  const asIfUtc = Date.parse(`${wall}Z`) / 1000;
  let guess = asIfUtc;
  for (let round = 0; round < 2; round += 1) guess -= Date.parse(`${toWallClock(guess, zone)}Z`) / 1000 - asIfUtc;
  return guess;
}

/** "YYYY-MM-DD" → "Tue 8 December 2026". */
export function dateInWords(day) {
  const date = new Date(`${day}T12:00:00Z`);
  if (Number.isNaN(date.getTime())) return "";
  const options = { weekday: "short", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat("en-GB", options).format(date).replace(",", "");
}

const DATE_TOKENS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
};

/** Fill in the tokens of Slack's `<!date^…>`; an unknown token gives null, and the caller shows the fallback. */
export function fillDateTokens(seconds, pattern, { zone, now }) {
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (_, token) => {
    const words = dateToken(seconds, token, { zone, now });
    known = known && words !== null;
    return words ?? "";
  });
  return known ? text : null;
}

function dateToken(seconds, token, { zone, now }) {
  if (token === "ago") return timeAgo(seconds, now);
  const plain = token.replace(/_pretty$/, "");
  if (!(plain in DATE_TOKENS)) return null;
  const near = token.endsWith("_pretty") ? nearDay(seconds, { zone, now }) : null;
  return near ?? new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...DATE_TOKENS[plain] }).format(seconds * 1000);
}

function nearDay(seconds, { zone, now }) {
  const dayOf = (at) => Date.parse(toWallClock(at, zone).slice(0, 10)) / 86_400_000;
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[dayOf(seconds) - dayOf(now)] ?? null;
}

function timeAgo(seconds, now) {
  const format = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });
  const gap = seconds - now;
  const [size, unit] = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
    [1, "second"],
  ].find(([least]) => Math.abs(gap) >= least) ?? [1, "second"];
  return format.format(Math.round(gap / size), unit);
}

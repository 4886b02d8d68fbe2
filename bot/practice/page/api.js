// The page's own protocol with the practice server. Nothing here talks to any other address.

async function read(response) {
  if (!response.ok) throw new Error(`The practice server answered ${response.status}.`);
  return response.json();
}

/** Fetch one of the server's read addresses. */
export async function getJson(path, query = {}) {
  return read(await fetch(`${path}?${new URLSearchParams(query)}`, { cache: "no-store" }));
}

/** Post to the server; the header shows that the request came from this page. */
export async function postJson(path, body) {
  const headers = { "Content-Type": "application/json", "X-Practice": "1" };
  return read(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Do what a person did; answers once the app has answered. */
export function act(body) {
  return postJson("/practice/act", body);
}

/** Ask for suggestions at once: typing ahead must not wait behind a slow answer. */
export function suggest(body) {
  return postJson("/practice/act", { ...body, kind: "suggest" });
}

/** Listen for changes: `onChange` gets the version of what the person sees. */
export function listen(person, { onChange, onLost }) {
  const source = new EventSource(`/practice/events?${new URLSearchParams({ person })}`);
  source.onmessage = (event) => onChange(JSON.parse(event.data).version);
  source.onerror = onLost;
}

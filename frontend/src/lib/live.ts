/**
 * Live pages. An element says what it watches, `data-live="recording:42"`; one EventSource for the page asks for all of
 * that, and each piece of news arrives on the element as the event `live`, with the news as its detail. So
 * `hx-get="…" hx-trigger="live"` keeps a part of a page fresh without a line of script. `data-live-after="1234"`, the
 * newest event when the page was drawn, closes the gap until the page listens.
 *
 * `isListening()` says whether news comes through now; `td:live-open` on the document says that it does again.
 */
export interface News {
  topic: string;
  kind: string;
  [name: string]: unknown;
}

let source: EventSource | undefined;
let opened = false;
let watched = "";
let newest = 0;
const heard = new Set<string>();

export function listenForLive(): void {
  const address = document.body.dataset.events;
  if (!address) return;
  const refresh = () => watch(address);
  refresh();
  document.addEventListener("htmx:afterSettle", refresh);
  document.addEventListener("td:live-changed", refresh);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    watched = "";
    refresh();
  });
}

function topics(): string[] {
  const all = [...document.querySelectorAll<HTMLElement>("[data-live]")];
  return [
    ...new Set(all.flatMap((element) => (element.dataset.live ?? "").split(" ").filter(Boolean))),
  ].sort();
}

function watch(address: string): void {
  const wanted = topics();
  const key = wanted.join(" ");
  if (key === watched) return;
  watched = key;
  source?.close();
  source = undefined;
  opened = false;
  if (wanted.length === 0) return;
  const query = new URLSearchParams(wanted.map((topic) => ["topic", topic]));
  const after = drawnAfter();
  if (after) query.set("after", String(after));
  source = new EventSource(`${address}?${query}`);
  source.addEventListener("message", hear);
  source.addEventListener("open", () => {
    opened = true;
    document.dispatchEvent(new Event("td:live-open"));
  });
  source.addEventListener("error", () => {
    opened = false;
  });
}

export function isListening(): boolean {
  return opened && source?.readyState === EventSource.OPEN;
}

function drawnAfter(): number {
  const drawn = [...document.querySelectorAll<HTMLElement>("[data-live-after]")];
  return Math.max(newest, ...drawn.map((element) => Number(element.dataset.liveAfter) || 0));
}

function hear(event: MessageEvent<string>): void {
  // An event may come twice: after a lost connection the server repeats the last few seconds.
  if (event.lastEventId) {
    if (heard.has(event.lastEventId)) return;
    heard.add(event.lastEventId);
    newest = Math.max(newest, Number(event.lastEventId) || 0);
  }
  tell(JSON.parse(event.data) as News);
}

export function tell(news: News): void {
  for (const element of document.querySelectorAll<HTMLElement>(`[data-live~="${CSS.escape(news.topic)}"]`))
    element.dispatchEvent(new CustomEvent("live", { detail: news }));
}

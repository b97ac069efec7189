/** Topics as chips around the plain field with commas, which stays what is sent. */
import { html, nothing, render } from "lit";
import { icon } from "~/lib/icon";

export function topicsIn(value: string): string[] {
  const seen = new Map<string, string>();
  for (const part of value.split(",")) {
    const words = part.trim().replace(/\s+/g, " ");
    if (words && !seen.has(words.toLowerCase())) seen.set(words.toLowerCase(), words);
  }
  return [...seen.values()];
}

export function chipTopics(host: HTMLElement, changed: () => void): void {
  const field = host.querySelector("input");
  if (!field) return;
  const offered = (host.dataset.suggested ?? "").split("|").filter(Boolean);
  const place = document.createElement("div");
  field.hidden = true;
  host.querySelector(".hint")?.setAttribute("hidden", "");
  host.append(place);

  const set = (topics: string[]) => {
    field.value = topicsIn(topics.join(",")).join(", ");
    draw();
    changed();
  };
  const add = (input: HTMLInputElement) => {
    if (!input.value.trim()) return;
    set([...topicsIn(field.value), ...topicsIn(input.value)]);
    input.value = "";
  };
  const draw = () => {
    const topics = topicsIn(field.value);
    const chosen = new Set(topics.map((topic) => topic.toLowerCase()));
    render(
      html`<div class="row wrap topics">
        ${topics.map(
          (topic) => html`<span class="chip">${topic} <button type="button" aria-label="Remove ${topic}"
            @click=${() => set(topics.filter((one) => one !== topic))}>${icon("x")}</button></span>`,
        )}
        ${offered
          .filter((topic) => !chosen.has(topic.toLowerCase()))
          .map(
            (topic) =>
              html`<button type="button" class="chip chip-dash" @click=${() => set([...topics, topic])}>${icon("plus")}${topic}</button>`,
          )}
        ${
          topics.length >= 12
            ? nothing
            : html`<input class="input topic-new" aria-label="Another topic" placeholder="Another" size="14" maxlength="60"
            @keydown=${(event: KeyboardEvent) => {
              if (event.key !== "Enter" && event.key !== ",") return;
              event.preventDefault();
              add(event.target as HTMLInputElement);
            }} @change=${(event: Event) => add(event.target as HTMLInputElement)}>`
        }
      </div>`,
      place,
    );
  };
  draw();
}

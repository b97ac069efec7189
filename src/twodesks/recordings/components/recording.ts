/**
 * The page of a recording around its player and transcript: what is still being made, the title and place, the chapters.
 *
 *     <td-recording> … player, head, chapters, transcript … </td-recording>
 */
import { Refusal, reach } from "~/lib/api";
import { type Status, StatusWatch } from "./kit/status";
import { refresh } from "./watch/edits";
import { stepWords } from "./watch/steps";
import { type Watching, watching } from "./watch/watching";

const UNREACHED = "The server did not answer. Nothing was changed; try again when you are connected.";

export class RecordingPage extends HTMLElement {
  private watching!: Watching;
  private watch: StatusWatch | undefined;
  private wasFinal = false;
  private leaving = new AbortController();

  connectedCallback(): void {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.watching = watching();
    this.wasFinal = this.watching.data.captions.final;
    this.addEventListener("click", (event) => this.onClick(event), { signal });
    this.addEventListener("submit", (event) => this.onSubmit(event), { signal });
    this.addEventListener("change", (event) => this.onChange(event), { signal });
    this.addEventListener("keydown", (event) => this.onKey(event), { signal });
    void this.lookUpKept();
    this.watching.on("time", () => this.markChapter(), signal);
    if (this.watching.data.state === "processing" || this.watching.data.state === "recording") this.follow();
  }

  disconnectedCallback(): void {
    this.leaving.abort();
    this.watch?.stop();
  }

  // What is still being made.

  private follow(): void {
    const over = (status: Status) => status.state === "ready" || status.state === "failed";
    this.watch = new StatusWatch(
      this,
      this.watching.data.id,
      (status) => void this.heard(status, over(status)),
      over,
    );
    this.watch.start();
  }

  private async heard(status: Status, over: boolean): Promise<void> {
    this.say(stepWords(status));
    const { captions } = status;
    if (!captions.final && captions.cues.length !== this.watching.data.captions.cues.length)
      this.watching.change({ captions: { ...captions, words: [] } });
    if (over || (captions.final && !this.wasFinal)) {
      this.wasFinal = captions.final;
      await this.takeNews();
    }
  }

  private say(words: string): void {
    const note = this.querySelector<HTMLElement>("[data-progress]");
    if (!note) return;
    note.hidden = words === "";
    const text = note.querySelector("[data-words]");
    if (text && text.textContent !== words) text.textContent = words;
  }

  /** Puts the parts of the page that the server has more of by now in their places; a player that plays goes on. */
  private async takeNews(): Promise<void> {
    try {
      const page = await refresh(this.watching);
      this.bringPlayer(page);
      for (const part of this.querySelectorAll<HTMLElement>("[data-fresh]")) this.takePart(part, page);
      this.takeTitle(page);
      this.markChapter();
    } catch {
      // The page as it stands is right, only not the newest; the next news, or a reload, brings the rest.
    }
  }

  private takePart(part: HTMLElement, page: Document): void {
    const name = part.dataset.fresh ?? "";
    const fresh = page.querySelector(`[data-fresh="${CSS.escape(name)}"]`);
    // Words, once there are some, are drawn by the transcript.
    const isDrawn = name === "words" && this.watching.data.captions.cues.length > 0;
    if (fresh && !isDrawn && !part.contains(document.activeElement))
      part.replaceChildren(...fresh.childNodes);
  }

  /** What was said may have given it a title; one that somebody is writing stays theirs. */
  private takeTitle(page: Document): void {
    const place = this.querySelector<HTMLElement>(".rh .named");
    const title = page.querySelector(".rh [data-name]")?.textContent ?? "";
    const words = place?.querySelector("[data-name]");
    if (!place || !words || "editing" in place.dataset || words.textContent === title) return;
    const field = place.querySelector("input");
    if (field) field.value = title;
    const crumb = document.querySelector(".crumbs [aria-current]");
    for (const shown of [words, crumb]) if (shown) shown.textContent = title;
    document.title = page.title;
  }

  /** Once there is something to play, the player takes the place that was kept for it; nothing else on the page moves. */
  private bringPlayer(page: Document): void {
    const player = page.querySelector("td-player");
    const place = this.querySelector("[data-no-player]");
    // The browser may have tried the file as it came before the server found that it cannot be played.
    if (!player) this.querySelector("td-player")?.remove();
    if (!player && this.watching.data.state === "failed") place?.remove();
    if (!player || !place) return;
    place.replaceWith(document.adoptNode(player));
    // Elements are fetched for parts of a page that come later, too.
    player.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  }

  /** Which insights use it is known a floor above recordings, so it is asked for once the page is there. */
  private async lookUpKept(): Promise<void> {
    const place = this.querySelector<HTMLElement>("[data-kept]");
    try {
      const response = await reach(place?.dataset.kept ?? "", { headers: { Accept: "text/html" } });
      const list = new DOMParser().parseFromString(await response.text(), "text/html").body;
      const section = place?.closest<HTMLElement>("[data-tab]");
      const count = list.querySelectorAll("[data-insight]").length;
      if (section) section.dataset.count = String(count);
      if (count > 0) place?.replaceChildren(...list.childNodes);
    } catch {
      // The tab says then that nothing is listed; the recording itself does not depend on it.
    }
  }

  // Chapters and links to seconds.

  private markChapter(): void {
    const at = this.watching.chapter;
    const rows = this.querySelectorAll("[data-chapter]");
    rows.forEach((row, index) => {
      if (index === at) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }

  private onClick(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = event.target as Element;
    const link = target.closest<HTMLElement>("[data-seek]");
    if (link) {
      event.preventDefault();
      const { seek, until } = link.dataset;
      this.watching.seek(Number(seek));
      this.watching.setFrame(until ? { start_ms: Number(seek), end_ms: Number(until) } : undefined);
    }
    const retry = target.closest<HTMLElement>("[data-retry]");
    if (retry) void this.retry(retry.dataset.retry ?? "");
    const opener = target.closest<HTMLElement>("[data-rename]");
    if (opener) this.openForm(opener);
  }

  // Names and places.

  private openForm(opener: HTMLElement): void {
    const place = opener.closest<HTMLElement>("[data-named]");
    const form = place?.querySelector("form");
    if (!place || !form) return;
    place.dataset.editing = "";
    form.hidden = false;
    const field = form.querySelector("input");
    field?.focus();
    field?.select();
  }

  private closeForm(form: HTMLElement): void {
    const place = form.closest<HTMLElement>("[data-named]");
    form.hidden = true;
    if (place) delete place.dataset.editing;
    place?.querySelector<HTMLElement>("[data-rename]")?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const form = (event.target as Element).closest<HTMLElement>("[data-named] form");
    if (!form || event.key !== "Escape") return;
    event.stopPropagation();
    this.closeForm(form);
  }

  private onSubmit(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    const place = form.closest<HTMLElement>("[data-named]");
    if (place) void this.rename(form, place);
    else if (form.dataset.discard) void this.discard(form, form.dataset.discard);
    else return;
    event.preventDefault();
  }

  private async rename(form: HTMLFormElement, place: HTMLElement): Promise<void> {
    const field = form.querySelector("input");
    const title = field?.value.trim() ?? "";
    const words = place.querySelector("[data-name]");
    if (!title || title === words?.textContent?.trim()) {
      this.closeForm(form);
      return;
    }
    if (await this.renamed(place, title)) {
      if (words) words.textContent = title;
      this.closeForm(form);
    } else field?.focus();
  }

  private async renamed(place: HTMLElement, title: string): Promise<boolean> {
    const { chapter, named } = place.dataset;
    if (chapter === undefined) return this.change(named ?? "", "PATCH", { title });
    const { id, chapters_version: based_on } = this.watching.data;
    const done = await this.change(`/recordings/${id}/chapters/rename`, "POST", {
      based_on,
      start_ms: Number(chapter),
      title,
    });
    await refresh(this.watching).catch(() => undefined);
    return done;
  }

  /** Has the steps that failed done again. */
  private async retry(address: string): Promise<void> {
    if (await this.change(address, "POST", {})) location.reload();
  }

  private async discard(form: HTMLFormElement, then: string): Promise<void> {
    if (await this.change(form.action, "POST", {})) location.assign(then);
    else form.closest("dialog")?.close();
  }

  private onChange(event: Event): void {
    const select = event.target as HTMLSelectElement;
    if (!select.matches("[data-channel]")) return;
    void this.change(select.dataset.channel ?? "", "PATCH", { channel_id: Number(select.value) || null });
  }

  private async change(address: string, method: string, body: Record<string, unknown>): Promise<boolean> {
    const headers = { "Content-Type": "application/json" };
    try {
      await reach(address, { method, headers, body: JSON.stringify(body) });
      this.trouble("");
      return true;
    } catch (error) {
      this.trouble(error instanceof Refusal ? error.detail : UNREACHED);
      return false;
    }
  }

  private trouble(words: string): void {
    const note = this.querySelector<HTMLElement>("[data-trouble]");
    if (!note) return;
    note.hidden = words === "";
    const text = note.querySelector("[data-words]");
    if (text) text.textContent = words;
  }
}

customElements.define("td-recording", RecordingPage);

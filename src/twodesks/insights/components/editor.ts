/**
 * The editor of an insight, around a form that works without script.
 *
 *     <td-editor save="/insights/4/edit/" attach="/insights/4/attachments/" preview="/insights/preview" draft="4" member="2">
 *       … <form id="write"> title, body (Markdown), topics, channel, version, base </form> …
 *       <aside> <td-transcript-picker> </aside>
 *     </td-editor>
 *
 * The textarea stays what is sent: the document is written into it before every save. Docs: docs/insights.md.
 */
import { Editor as Tiptap } from "@tiptap/core";
import { Refusal, reach } from "~/lib/api";
import { icon } from "~/lib/icon";
import type { News } from "~/lib/live";
import { clipView } from "./editor/clip-view";
import { putClip, putIns, putWords } from "./editor/commands";
import { linkDialog } from "./editor/link-dialog";
import { LocalCopy } from "./editor/local-copy";
import { type Markdown, markdownOf } from "./editor/markdown";
import { Notes } from "./editor/notes";
import { PICTURE_TYPES, type PictureDesk, pictures, putPictures } from "./editor/pictures";
import { Presence } from "./editor/presence";
import { type Answer, type Saved, Saver, type State, savedWords, type Words } from "./editor/saver";
import { Clip, extensions } from "./editor/schema";
import { slashCommands } from "./editor/slash";
import { Toolbar } from "./editor/toolbar";
import { chipTopics } from "./editor/topics";
import type { PutDetail, TranscriptPicker } from "./transcript-picker";

export class InsightEditor extends HTMLElement {
  private form!: HTMLFormElement;
  private source!: HTMLTextAreaElement;
  private tiptap!: Tiptap;
  private markdown!: Markdown;
  private toolbar!: Toolbar;
  private saver!: Saver;
  private copy!: LocalCopy;
  private notes!: Notes;
  private readonly presence = new Presence(this);
  private ticking: ReturnType<typeof setInterval> | undefined;
  private leaving = false;

  connectedCallback(): void {
    const form = this.querySelector<HTMLFormElement>("#write");
    const source = form?.querySelector<HTMLTextAreaElement>("#body");
    const place = this.querySelector<HTMLElement>("[data-editing]");
    if (!form || !source || !place || this.tiptap) return;
    this.form = form;
    this.source = source;
    this.copy = new LocalCopy(this.getAttribute("member") ?? "", this.getAttribute("draft") ?? "new");
    this.notes = new Notes(this.querySelector("[data-notes]") ?? place);
    this.begin(place);
    this.saver = new Saver(
      {
        words: () => this.words(),
        send: (words, version, known) => this.send(words, version, known),
        say: (state) => this.say(state),
        saved: (saved, sent) => this.onSaved(saved, sent),
      },
      Number(this.field("version")?.value ?? 0),
      source.value,
    );
    this.listen();
    this.offerLocalCopy();
    this.ticking = setInterval(() => this.say(this.saver.state, false), 1_000);
  }

  disconnectedCallback(): void {
    clearInterval(this.ticking);
    this.saver?.stop();
    this.tiptap?.destroy();
  }

  /** Puts the editor in the place of the textarea. */
  private begin(place: HTMLElement): void {
    const around = { chooseClip: () => this.chooseClip(), choosePicture: () => this.choosePicture() };
    const clips = Clip.extend({ addNodeView: () => clipView });
    const everything = extensions("Write, or press / to put something in").map((one) =>
      one.name === "clip" ? clips : one,
    );
    this.tiptap = new Tiptap({
      element: place,
      injectCSS: false,
      extensions: [...everything, slashCommands(putIns(around), place), pictures(this.pictureDesk)],
      editorProps: {
        attributes: {
          id: "insight-text",
          class: "prose",
          role: "textbox",
          "aria-multiline": "true",
          "aria-label": "Body",
          spellcheck: "true",
        },
        handleKeyDown: (_view, event) => this.shortcut(event),
      },
      onUpdate: () => this.changed(),
      onTransaction: () => this.toolbar?.draw(),
    });
    this.markdown = markdownOf(this.tiptap.schema);
    this.show(this.source.value);
    this.source.hidden = true;
    this.source.previousElementSibling?.setAttribute("hidden", "");
    const host = this.querySelector<HTMLElement>("[data-toolbar]") ?? place;
    this.toolbar = new Toolbar(this.tiptap, host, { ...around, link: () => linkDialog(this.tiptap) });
    for (const only of document.querySelectorAll<HTMLElement>("[data-without-script]")) only.hidden = true;
    this.dataset.ready = "";
  }

  private listen(): void {
    this.form.addEventListener("input", (event) => {
      if (event.target !== this.source) this.changed();
    });
    this.form.addEventListener("submit", (event) => void this.onSubmit(event));
    const topics = this.querySelector<HTMLElement>("[data-topics]");
    if (topics) chipTopics(topics, () => this.changed());
    this.addEventListener("td:put", (event) => this.put((event as CustomEvent<PutDetail>).detail));
    this.addEventListener("click", (event) => this.onPutButton(event));
    this.addEventListener("htmx:afterSwap", () => this.markUsed());
    this.addEventListener("live", (event) => this.onNews((event as CustomEvent<News>).detail));
    addEventListener("online", () => this.saver.retry());
    addEventListener("focus", () => {
      if (this.saver.state.name === "signed-out") this.saver.retry();
    });
    addEventListener("pagehide", () => this.keepLocally());
    addEventListener("beforeunload", (event) => {
      this.keepLocally();
      if (this.saver.isDirty && !this.leaving && this.saver.state.name !== "writing") event.preventDefault();
    });
    const preview = document.querySelector<HTMLButtonElement>("[data-preview]");
    if (preview) {
      preview.hidden = false;
      preview.addEventListener("click", () => void this.preview());
    }
    this.markUsed();
  }

  private onNews(news: News): void {
    const by = this.presence.hear(news);
    if (by && news.kind === "kept")
      this.notes.newer(
        `${by} kept revision ${news.number} just now, while you were writing. Both versions are safe.`,
      );
  }

  private field(name: string): HTMLInputElement | null {
    return this.form.elements.namedItem(name) as HTMLInputElement | null;
  }

  private show(text: string): void {
    const content = this.markdown.read(text);
    this.tiptap.commands.setContent(content.toJSON(), { emitUpdate: false });
    // Undo begins with what was there when the page was opened.
    this.source.value = text;
  }

  private words(): Words {
    this.source.value = this.markdown.write(this.tiptap.state.doc);
    const value = (name: string) => this.field(name)?.value ?? "";
    return {
      title: value("title"),
      body: this.source.value,
      topics: value("topics"),
      channel: value("channel"),
    };
  }

  private changed(): void {
    this.saver.changed();
    this.keepLocally();
    this.markUsed();
  }

  private keepLocally(): void {
    if (!this.saver.isDirty) return;
    const { title, body, topics } = this.words();
    this.copy.keep({
      title,
      body,
      topics,
      at: Date.now(),
      version: Number(this.field("version")?.value ?? 0),
    });
  }

  private async send(words: Words, version: number, known: string): Promise<Answer> {
    const data = new FormData(this.form);
    data.set("body", words.body);
    data.set("version", String(version));
    data.set("known_body", known);
    data.set("action", "save");
    try {
      const address = this.getAttribute("save") ?? location.pathname;
      const answer = await reach(address, { method: "POST", body: data });
      return { saved: (await answer.json()) as Saved };
    } catch (error) {
      if (!(error instanceof Refusal)) return { offline: true };
      const { status, detail, extra } = error;
      return { refused: { ...extra, status, detail } };
    }
  }

  private onSaved(saved: Saved, sent: Words): boolean {
    const isShown = saved.body === sent.body || !this.saver.isDirty;
    const version = this.field("version");
    if (version && isShown) version.value = String(saved.version);
    if (this.getAttribute("draft") === "new") {
      this.setAttribute("draft", String(saved.insight_id));
      this.setAttribute("save", saved.address);
      this.setAttribute("attach", saved.address.replace(/edit\/$/, "attachments/"));
      this.form.action = saved.address;
      history.replaceState(history.state, "", saved.address);
      this.copy.move(String(saved.insight_id));
    }
    if (!this.saver.isDirty) this.copy.forget();
    // What another window saved meanwhile has been put together with this one's.
    if (saved.body !== sent.body && isShown) {
      this.show(saved.body);
      this.notes.say("Your other window’s changes are in here now.", "git-merge");
    }
    if (saved.newer) {
      const at = new Date(saved.newer.at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
      this.notes.newer(
        `${saved.newer.by} kept revision ${saved.newer.number} at ${at}, while you were writing. Both versions are safe.`,
      );
    }
    return isShown;
  }

  private say(state: State, isNews = true): void {
    const [words, picture] = this.stateWords(state);
    for (const place of document.querySelectorAll<HTMLElement>("[data-save-state]")) {
      if (place.textContent === words) continue;
      // Seconds that go by are not read out.
      place.setAttribute("aria-live", isNews && state.name !== "writing" ? "polite" : "off");
      place.replaceChildren(...(picture ? [icon(picture, "i-s")] : []), words);
      place.classList.toggle(
        "t-warn",
        ["offline", "refused", "signed-out", "other-window"].includes(state.name),
      );
    }
    if (!isNews) return;
    if (state.name === "refused") this.notes.refused(state.detail);
    else if (state.name === "signed-out") this.notes.signedOut();
    else if (state.name === "other-window")
      this.notes.otherWindow(state.theirs, {
        theirs: () => {
          this.show(state.theirs);
          this.saver.settle(state.version);
        },
        mine: () => this.saver.settle(state.version),
      });
    else if (state.name === "saved") this.notes.clear();
  }

  private stateWords(state: State): [string, string] {
    switch (state.name) {
      case "clean":
        return [this.querySelector("[data-save-state]")?.textContent ?? "", ""];
      case "writing":
        return ["Not saved yet", ""];
      case "saving":
        return ["Saving", ""];
      case "saved":
        return [savedWords(state.at, Date.now()), "check"];
      case "offline":
        return ["Offline. Kept in this browser", "cloud-off"];
      case "signed-out":
        return ["Signed out. Kept in this browser", "cloud-off"];
      case "refused":
        return ["Not saved. Kept in this browser", "cloud-alert"];
      case "other-window":
        return ["Another window wrote this too", "git-merge"];
    }
  }

  /** The words go with the form; a save on its way arrives first, so that its version is known. */
  private async onSubmit(event: SubmitEvent): Promise<void> {
    this.words();
    if (this.leaving) return;
    if (!this.saver.isDirty && this.saver.state.name !== "saving") {
      this.leaving = true;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    await this.saver.flush();
    if (this.saver.isDirty) return;
    this.leaving = true;
    this.form.requestSubmit(submitter);
  }

  private offerLocalCopy(): void {
    const kept = this.copy.found();
    if (!kept || (kept.body === this.source.value && kept.title === this.field("title")?.value)) {
      this.copy.forget();
      return;
    }
    this.notes.localCopy(kept.at, {
      use: () => {
        const set = (name: string, value: string) => {
          const field = this.field(name);
          if (field) field.value = value;
        };
        set("title", kept.title);
        this.show(kept.body);
        this.changed();
      },
      drop: () => this.copy.forget(),
    });
  }

  private put(detail: PutDetail): void {
    const { recording, start, end, words, fragment, label } = detail;
    if (detail.as === "clip") putClip(this.tiptap, { recording, start, end, title: shortened(words) });
    else putWords(this.tiptap, words, { recording, fragment, label });
  }

  /** "Put in" beside something that is ready to use. */
  private onPutButton(event: Event): void {
    const button = (event.target as Element).closest<HTMLElement>("[data-put]");
    if (!button) return;
    const { put, start, end, title } = button.dataset;
    putClip(this.tiptap, {
      recording: Number(put),
      start: Number(start),
      end: Number(end),
      title: title ?? "",
    });
  }

  private get picker(): TranscriptPicker | null {
    return this.querySelector<TranscriptPicker>("td-transcript-picker");
  }

  private chooseClip(): void {
    const { picker } = this;
    if (picker?.hasChoice) picker.putClip();
    else if (picker) {
      this.notes.say("Choose lines in the recording on the right, then press “Put in”.", "scissors");
      picker.focus();
    } else this.notes.say("Open one of your recordings on the right to take a clip from it.", "scissors");
  }

  private readonly pictureDesk: PictureDesk = {
    address: async () => {
      if (!this.getAttribute("attach")) {
        this.saver.changed();
        await this.saver.flush();
      }
      const address = this.getAttribute("attach");
      if (!address) throw new Error("The draft could not be saved yet, so the picture has no place to go.");
      return address;
    },
    fail: (words) => this.notes.refused(words),
  };

  private choosePicture(): void {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = PICTURE_TYPES.join(",");
    input.multiple = true;
    input.addEventListener("change", () => putPictures(this.tiptap, input.files ?? [], this.pictureDesk));
    input.click();
  }

  private markUsed(): void {
    const used: { start: number; end: number }[] = [];
    this.tiptap.state.doc.descendants((node) => {
      if (node.type.name === "clip")
        used.push({ start: Number(node.attrs.start), end: Number(node.attrs.end) });
      return !node.isLeaf;
    });
    this.picker?.markUsed?.(used);
  }

  private shortcut(event: KeyboardEvent): boolean {
    if (event.altKey && event.key === "F10") {
      this.toolbar.focus();
      return true;
    }
    // Ctrl K is the search of the whole product.
    if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === "l") {
      linkDialog(this.tiptap);
      return true;
    }
    return false;
  }

  private async preview(): Promise<void> {
    const { title, body } = this.words();
    const data = new FormData();
    data.set("title", title);
    data.set("body", body);
    const dialog = document.querySelector<HTMLDialogElement>("#preview");
    const place = dialog?.querySelector<HTMLElement>("[data-previewed]");
    if (!dialog || !place) return;
    try {
      const answer = await reach(this.getAttribute("preview") ?? "", { method: "POST", body: data });
      place.innerHTML = await answer.text();
      dialog.showModal();
      place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    } catch {
      this.notes.refused("The preview did not come. Your text is as it was; try again in a moment.");
    }
  }
}

function shortened(words: string): string {
  return words.length <= 120 ? words : `${words.slice(0, 120).replace(/\s+\S*$/, "")}…`;
}

customElements.define("td-editor", InsightEditor);

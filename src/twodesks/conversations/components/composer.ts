/**
 * Where one adds to a conversation: words in Markdown with `@` and `#`, pictures and files by paste and drop, a voice or
 * a screen recorded in place. What was begun is kept until it is sent; a message that could not be sent is tried again,
 * and arrives once. Without script it is the form that it stands around.
 *
 *     <td-composer data-conversation="7" data-completions="/conversations/7/completions/" data-files="/conversations/files/">
 *       <form id="say" …><input name="reply_to"> <p data-replying>…</p> <textarea name="body">…</textarea>
 *         <div data-extras></div> … <button type="button" data-record="voice"> … <button data-send> </form>
 *     </td-composer>
 */
import { makeBusy, makeIdle } from "~/lib/busy";
import { showToast, troubleOf } from "~/lib/toasts";
import { clock } from "../../recordings/components/kit/time";
import { Completion } from "./composer/completion";
import { type Draft, keepDraft, newKey, readDraft, withoutSent } from "./composer/draft";
import { Files } from "./composer/files";
import type { NoteKind, NoteRecorder } from "./composer/note-recorder";
import { findUnsent, forgetNote, rememberedNote, rememberNote, type Unsent } from "./composer/unsent";
import { parts, Refused, wordsIn } from "./thread/calls";
import { tell, throttled } from "./thread/company";

const SAY_APART_MS = 4_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;
const QUOTED_CHARS = 1_500;

export interface Reply {
  id: number;
  name: string;
  words: string;
  quoting: boolean;
}

interface Going {
  body: string;
  key: string;
  reply_to: string;
  recording: number;
  files: readonly number[];
}

export class Composer extends HTMLElement {
  private key = newKey();
  private files: Files | undefined;
  private recorder: NoteRecorder | undefined;
  private sending = false;
  private pause = FIRST_PAUSE_MS;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private leaving = new AbortController();
  private readonly sayWriting = throttled(SAY_APART_MS, () => this.tell("writing"));
  private readonly sayRecording = throttled(SAY_APART_MS * 2, () => this.tell("recording"));

  connectedCallback(): void {
    const { form, area } = this;
    if (!form || !area) return;
    const { signal } = this.leaving;
    this.restore();
    const extras = this.extras;
    const list = document.createElement("ul");
    list.className = "attached";
    extras?.append(list);
    this.files = new Files(this.dataset.files ?? "", list, () => this.onFiles());
    new Completion(area, this.dataset.completions ?? "");
    form.addEventListener("submit", (event) => this.onSubmit(event), { signal });
    area.addEventListener("input", () => this.onInput(), { signal });
    area.addEventListener("keydown", (event) => this.onKey(event), { signal });
    area.addEventListener("paste", (event) => this.onPaste(event), { signal });
    for (const type of ["dragenter", "dragover", "dragleave", "drop"])
      form.addEventListener(type, (event) => this.onDrag(event as DragEvent), { signal });
    form.querySelector<HTMLInputElement>("input[type=file]")?.addEventListener(
      "change",
      (event) => this.onChosen(event),
      { signal },
    );
    for (const button of form.querySelectorAll<HTMLButtonElement>("[data-record]")) {
      button.disabled = false;
      button.addEventListener("click", () => void this.record(button.dataset.record as NoteKind), { signal });
    }
    form.querySelector("[data-unreply]")?.addEventListener("click", (event) => this.onUnreply(event), { signal });
    addEventListener("online", () => this.sendAgain(), { signal });
    void this.lookBack();
    this.hint("");
    if (new URLSearchParams(location.search).get("say") === "voice")
      form.querySelector<HTMLElement>("[data-record=voice]")?.focus();
  }

  disconnectedCallback(): void {
    this.leaving.abort();
    this.leaving = new AbortController();
    clearTimeout(this.retry);
  }

  /** Something is here that was not sent. */
  get isBusy(): boolean {
    return Boolean(this.area?.value.trim() || this.files?.count || this.recorder?.isRunning || this.sending);
  }

  private get form(): HTMLFormElement | null {
    return this.querySelector("form");
  }

  private get area(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  private get extras(): HTMLElement | null {
    return this.querySelector("[data-extras]");
  }

  private get button(): HTMLButtonElement | null {
    return this.querySelector("[data-send]");
  }

  private get conversation(): string {
    return this.dataset.conversation ?? "";
  }

  private get replyField(): HTMLInputElement | null {
    return this.querySelector("input[name=reply_to]");
  }

  private tell(doing: "writing" | "recording"): void {
    tell(`/conversations/${this.conversation}/doing/`, doing);
  }

  // The words.

  private restore(): void {
    const { area } = this;
    const draft: Draft | undefined = readDraft(this.conversation);
    if (!draft || !area || area.value.trim()) return;
    area.value = draft.body;
    this.key = draft.key;
    const message = draft.reply_to ? document.getElementById(`m${draft.reply_to}`) : null;
    if (message && !this.replyField?.value)
      this.answer(draft.reply_to, message.querySelector(".who b")?.textContent ?? "", message.querySelector(".talk")?.textContent ?? "");
  }

  private keep(): void {
    keepDraft(this.conversation, {
      body: this.area?.value ?? "",
      key: this.key,
      reply_to: Number(this.replyField?.value) || 0,
    });
  }

  private onInput(): void {
    this.keep();
    if (this.area?.value.trim()) this.sayWriting();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      this.form?.requestSubmit(this.button);
    }
  }

  reply({ id, name, words, quoting }: Reply): void {
    const { area } = this;
    if (!area) return;
    this.answer(id, name, words);
    if (quoting) {
      const quote = words
        .slice(0, QUOTED_CHARS)
        .split("\n")
        .map((line) => `> ${line}`)
        .join("\n");
      const lead = area.value.trim() ? `${area.value.trimEnd()}\n\n` : "";
      area.value = `${lead}${quote}\n\n`;
    }
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    this.form?.scrollIntoView({ block: "nearest" });
    this.keep();
  }

  private answer(id: number, name: string, words: string): void {
    const line = this.querySelector<HTMLElement>("[data-replying]");
    if (this.replyField) this.replyField.value = id ? String(id) : "";
    if (!line) return;
    line.hidden = !id;
    const to = line.querySelector("[data-to]");
    const said = line.querySelector("[data-words]");
    if (to) to.textContent = name.trim().split(" ")[0] ?? "";
    if (said) said.textContent = words.replace(/\s+/g, " ").trim().slice(0, 160);
  }

  private onUnreply(event: Event): void {
    event.preventDefault();
    this.answer(0, "", "");
    this.keep();
    this.area?.focus();
  }

  // Files.

  private onPaste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    const hasText = event.clipboardData?.types.includes("text/plain");
    if (files.length === 0 || hasText) return;
    event.preventDefault();
    this.files?.add(files);
  }

  private onDrag(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.form?.classList.toggle("over", event.type === "dragenter" || event.type === "dragover");
    if (event.type === "drop") this.files?.add([...event.dataTransfer.files]);
  }

  private onChosen(event: Event): void {
    const field = event.target as HTMLInputElement;
    this.files?.add([...(field.files ?? [])]);
    field.value = "";
  }

  private onFiles(): void {
    this.hint(this.files?.isSending ? "Files are on their way" : "");
    if (this.sending && !this.files?.isSending) void this.send();
  }

  // Sending.

  private onSubmit(event: SubmitEvent): void {
    event.preventDefault();
    if (this.sending && !this.retry) return;
    void this.send();
  }

  private sendAgain(): void {
    if (!this.retry) return;
    this.pause = FIRST_PAUSE_MS;
    void this.send();
  }

  private async send(recording?: number): Promise<void> {
    const { form, area, button } = this;
    if (!form || !area) return;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.sending = true;
    if (button) makeBusy(button);
    if (this.files?.isSending) return;
    this.waitingNote = recording ?? this.waitingNote;
    // Tried again as it was: what is written meanwhile belongs to the next message.
    const going = this.going ?? this.takeUp();
    this.going = going;
    const body = new FormData();
    body.set("body", going.body);
    body.set("key", going.key);
    body.set("reply_to", going.reply_to);
    if (going.recording) body.set("recording", String(going.recording));
    body.set("attachment", going.files.join(","));
    try {
      const got = await parts(form.action, body);
      this.sent(got, going);
    } catch (error) {
      this.notSent(error);
    }
  }

  private takeUp(): Going {
    return {
      body: this.area?.value ?? "",
      key: this.key,
      reply_to: this.replyField?.value ?? "",
      recording: this.waitingNote,
      files: this.files?.ids ?? [],
    };
  }

  /** What is on its way, as it was when it was sent. */
  private going: Going | undefined;
  /** A recording that is on the server and not in a message yet. */
  private waitingNote = 0;

  private sent(got: string, going: Going): void {
    const { area } = this;
    this.going = undefined;
    this.idle();
    this.key = newKey();
    this.pause = FIRST_PAUSE_MS;
    if (area) area.value = withoutSent(area.value, going.body);
    if ((this.replyField?.value ?? "") === going.reply_to) this.answer(0, "", "");
    this.files?.clear(going.files);
    if (going.recording) forgetNote(this.conversation);
    this.waitingNote = 0;
    this.closeRecorder();
    this.keep();
    this.say("");
    this.dispatchEvent(new CustomEvent("td:parts", { bubbles: true, detail: got }));
    area?.focus({ preventScroll: true });
  }

  private notSent(error: unknown): void {
    const { status, part } = error instanceof Refused ? error : new Refused(-1, "");
    if (status === 0 || status >= 500) {
      this.retry = setTimeout(() => void this.send(), this.pause);
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
      if (this.button) {
        makeIdle(this.button);
        this.button.textContent = "Try now";
      }
      this.say("It is not sent yet: the server did not answer. It goes by itself once it does; your words are kept here.");
      return;
    }
    this.going = undefined;
    this.idle();
    this.say((part && wordsIn(part)) || troubleOf(status));
  }

  private idle(): void {
    this.sending = false;
    if (!this.button) return;
    makeIdle(this.button);
    this.button.textContent = "Send";
  }

  private hint(words: string): void {
    const place = this.querySelector("[data-hint]");
    if (place) place.textContent = words || "Ctrl Enter sends";
  }

  private say(words: string): void {
    this.querySelector("[data-trouble]")?.remove();
    if (!words) return;
    const note = document.createElement("p");
    note.className = "note note-bad";
    note.dataset.trouble = "";
    note.setAttribute("role", "alert");
    note.textContent = words;
    this.extras?.append(note);
  }

  // Recording.

  private async record(kind: NoteKind): Promise<void> {
    if (this.recorder) return;
    await import("./composer/note-recorder");
    const recorder = document.createElement("td-note-recorder") as NoteRecorder;
    recorder.kind = kind;
    const about = document.querySelector("h1")?.textContent?.trim() ?? "";
    recorder.heading = about.slice(0, 200);
    recorder.began = (id) => rememberNote(this.conversation, id);
    recorder.done = (id) => void this.send(id);
    recorder.closed = (id) => {
      if (id) {
        forgetNote(this.conversation);
        showToast({ text: "The recording is gone." });
      }
      this.closeRecorder();
      this.querySelector<HTMLElement>(`[data-record=${kind}]`)?.focus();
    };
    recorder.busy = this.sayRecording;
    this.recorder = recorder;
    this.classList.add("recording");
    this.extras?.prepend(recorder);
  }

  private closeRecorder(): void {
    this.recorder?.remove();
    this.recorder = undefined;
    this.classList.remove("recording");
    this.querySelector("[data-unsent]")?.remove();
  }

  /** A recording of an earlier visit that never became a message. */
  private async lookBack(): Promise<void> {
    const id = rememberedNote(this.conversation);
    if (!id) return;
    try {
      const unsent = await findUnsent(id);
      if (unsent) this.offer(unsent);
    } catch {
      // The server is away; the next visit asks again.
    }
  }

  private offer(unsent: Unsent): void {
    const row = document.createElement("p");
    row.className = "note note-gold";
    row.dataset.unsent = "";
    const words = document.createElement("span");
    words.className = "grow";
    words.textContent = `A recording of ${clock(unsent.duration_ms)} is here that was not sent.`;
    const does = (text: string, look: string, call: () => Promise<void>) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `btn ${look} btn-s`;
      button.textContent = text;
      button.addEventListener("click", () => {
        makeBusy(button);
        call().catch(() => {
          makeIdle(button);
          this.say("The server did not answer. The recording is safe; try again in a moment.");
        });
      });
      return button;
    };
    row.append(
      words,
      does("Throw it away", "btn-bare", async () => {
        await unsent.discard();
        forgetNote(this.conversation);
        row.remove();
      }),
      does("Send it", "btn-coral", async () => {
        await unsent.finish();
        await this.send(unsent.id);
      }),
    );
    this.extras?.prepend(row);
  }
}

customElements.define("td-composer", Composer);

/**
 * The transcript beside the player: follows, seeks, finds, and can be mended in place.
 *
 *     <td-transcript><div class="cues"> … the cues as the server wrote them … </div></td-transcript>
 *
 * Click a word to go there, double click (Enter, F2) to change it, select words (Shift and arrows) to clip or keep them.
 */
import { html, LitElement, nothing, render, type TemplateResult } from "lit";
import { showToast } from "~/lib/toasts";
import { Refusal, send } from "~/lib/api";
import { glyph } from "./kit/glyph";
import { length, mediaFragment } from "./kit/time";
import { CueEditor } from "./watch/cue-editor";
import { apply, type Edit, Overtaken } from "./watch/edits";
import { TranscriptList } from "./watch/transcript-list";
import {
  find,
  type Line,
  linesOf,
  type Match,
  type Stretch,
  stretch,
  type Token,
  titleOf,
  tokensOf,
  withWord,
} from "./watch/transcript-model";
import { type ClipRow, type Watching, watching } from "./watch/watching";
import { askWhoSpeaks } from "./watch/name-speaker";
import { speakerOf, turnAround } from "./watch/turns";
import { editWord } from "./watch/word-editor";

export class Transcript extends LitElement {
  private watching!: Watching;
  private list!: TranscriptList;
  private lines: Line[] = [];
  private tokens: Token[] = [];
  private drawn: unknown;
  private following = true;
  private query = "";
  private hits: Match[] = [];
  private match = -1;
  private selection: { from: number; to: number } | undefined;
  private anchor = 0;
  private readonly bar = document.createElement("div");
  private editor: CueEditor | undefined;
  private problem = "";
  private overtaken: { mine: string; theirs: string; edit: Edit } | undefined;
  private leaving = new AbortController();

  /** Finding and undoing stand under the words that the server wrote. */
  protected override createRenderRoot(): HTMLElement {
    const foot = document.createElement("div");
    foot.className = "transcript-foot";
    this.append(foot);
    return foot;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.watching = watching();
    const box = this.querySelector<HTMLElement>(".cues");
    if (!box) throw new Error("td-transcript needs .cues");
    this.bar.className = "seltool";
    this.list = new TranscriptList(box, {
      mayEdit: () => this.mayEdit,
      edit: (cue) => this.openCue(cue),
      selectTurn: (cue) => this.selectTurn(cue),
      name: (cue, heading) => this.askWho(cue, heading),
    });
    this.listen(box, signal);
    this.watching.on("data", () => this.redraw(), signal);
    this.watching.on("speaker", () => this.list.only(this.watching.only), signal);
    this.watching.on("time", () => this.list.markNow(this.watching.cue, this.following), signal);
    this.redraw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leaving.abort();
  }

  private listen(box: HTMLElement, signal: AbortSignal): void {
    box.addEventListener("click", (event) => this.onClick(event), { signal });
    box.addEventListener("dblclick", (event) => this.onDouble(event), { signal });
    document.addEventListener("pointerup", () => setTimeout(() => this.takeSelection()), { signal });
    box.addEventListener("keydown", (event) => this.onKey(event), { signal });
    for (const type of ["wheel", "touchmove"])
      box.addEventListener(type, () => this.setFollowing(false), { signal, passive: true });
    this.addEventListener("keydown", (event) => this.onUndoKey(event), { signal });
  }

  private get mayEdit(): boolean {
    const { may_caption, captions } = this.watching.data;
    return may_caption && captions.final;
  }

  private redraw(): void {
    const { captions } = this.watching.data;
    if (captions !== this.drawn) {
      this.drawn = captions;
      this.lines = linesOf(captions);
      this.tokens = tokensOf(this.lines);
      this.closeCue();
      this.select(undefined);
      this.list.draw(this.lines, this.watching.data.speakers);
      this.list.only(this.watching.only);
      this.list.markNow(this.watching.cue, this.following);
      this.search(this.query, false);
    }
    this.requestUpdate();
  }

  // Going to words.

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const link = target.closest("a.stamp");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const cue = this.lines[Number(link.closest<HTMLElement>(".cue")?.dataset.cue)]?.cue;
      if (cue) this.watching.seek(cue.start_ms);
      return;
    }
    if (!getSelection()?.isCollapsed) return;
    const index = target.closest(".cue") ? this.list.indexOf(target) : undefined;
    if (index === undefined || target.closest("input, button")) return;
    this.select(undefined);
    this.list.activate(index, true);
    this.goTo(index);
  }

  private goTo(index: number): void {
    const token = this.tokens[index];
    if (token) this.watching.seek(token.start_ms);
    this.setFollowing(true);
  }

  private setFollowing(following: boolean): void {
    if (this.following === following) return;
    this.following = following;
    if (following) this.list.bring(this.list.rowOf(this.watching.cue));
    this.requestUpdate();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target as Element).matches(".w")) return;
    const to = this.list.neighbour(event.key);
    if (to !== undefined) this.step(to, event.shiftKey);
    else if (event.key === " ") this.goTo(this.list.activeIndex);
    else if (event.key === "Enter" || event.key === "F2") this.edit(this.list.activeIndex);
    else if (event.key === "Escape") this.select(undefined);
    else return;
    event.preventDefault();
  }

  private step(to: number, extend: boolean): void {
    if (extend && !this.selection) this.anchor = this.list.activeIndex;
    this.list.activate(to, true);
    this.select(extend ? { from: Math.min(this.anchor, to), to: Math.max(this.anchor, to) } : undefined);
  }

  // Selecting words.

  private takeSelection(): void {
    const selected = getSelection();
    if (!selected || selected.isCollapsed || selected.rangeCount === 0) return;
    const range = selected.getRangeAt(0);
    if (!this.list.box.contains(range.commonAncestorContainer) || document.activeElement?.matches("input"))
      return;
    const from = this.list.indexOf(range.startContainer);
    const to = this.list.indexOf(range.endContainer);
    if (from === undefined || to === undefined) return;
    this.select({ from, to });
  }

  private selectTurn(cue: number): void {
    const { first, last } = turnAround(this.watching.data.captions.cues, cue);
    const from = this.lines[first]?.tokens[0]?.index;
    const to = this.lines[last]?.tokens.at(-1)?.index;
    if (from === undefined || to === undefined) return;
    getSelection()?.removeAllRanges();
    this.select({ from, to });
  }

  private askWho(cue: number, heading: HTMLElement): void {
    const { captions, speakers } = this.watching.data;
    askWhoSpeaks(heading, speakerOf(speakers, captions.cues[cue])?.name ?? "", {
      save: (name, everywhere) => void this.apply({ kind: "speaker", cue, name, everywhere }),
      close: () => heading.querySelector<HTMLElement>(".cue-more")?.focus(),
    });
  }

  private select(selection: { from: number; to: number } | undefined): void {
    if (!selection && !this.selection) return;
    this.selection = selection;
    const chosen = selection && stretch(this.tokens, selection.from, selection.to);
    if (!selection || !chosen) {
      this.list.clear("sel");
      this.bar.remove();
      this.watching.setFrame(undefined);
      return;
    }
    this.list.markSelection(selection.from, selection.to);
    this.watching.setFrame(chosen);
    this.list.rowOf(this.tokens[selection.to]?.cue ?? 0)?.after(this.bar);
    render(this.clipBar(chosen), this.bar);
  }

  private clipBar(chosen: Stretch): TemplateResult {
    const { id } = this.watching.data;
    const fragment = mediaFragment(chosen.start_ms, chosen.end_ms);
    return html`<div class="pop" role="toolbar" aria-label="With the selected words">
      <button type="button" class="btn btn-gold btn-s" @click=${() => void this.clip(chosen)}>${glyph("scissors")}Clip ${length(chosen.end_ms - chosen.start_ms)}</button>
      <a class="btn btn-bare btn-s" href="/insights/new/?recording=${id}&${fragment}">
        <svg class="g g-insight" viewBox="0 0 16 16" aria-hidden="true"><path vector-effect="non-scaling-stroke" d="M8 1.200c3 2 4.500 4.300 4.500 6.800S11 12.800 8 14.800C5 12.800 3.500 10.500 3.500 8S5 3.200 8 1.200z" /></svg>Keep</a>
      <button type="button" class="btn btn-bare btn-s btn-sq" aria-label="Copy a link to these words" title="Copy a link to these words" @click=${() => void this.copyLink(fragment)}>${glyph("link")}</button>
    </div>`;
  }

  private async clip(chosen: Stretch): Promise<void> {
    const { data } = this.watching;
    const { start_ms, end_ms } = chosen;
    try {
      const clip = await send<ClipRow>(`/recordings/${data.id}/clips`, {
        start_ms,
        end_ms,
        title: titleOf(chosen.text),
      });
      const clips = [...data.clips, clip].sort((a, b) => a.start_ms - b.start_ms);
      this.select(undefined);
      getSelection()?.removeAllRanges();
      this.watching.change({ clips });
      showToast({ text: `Clipped ${length(end_ms - start_ms)}. It is under Clips.` });
    } catch (error) {
      this.fail(error);
    }
  }

  private async copyLink(fragment: string): Promise<void> {
    const address = `${location.origin}${location.pathname}#${fragment}`;
    try {
      await navigator.clipboard.writeText(address);
      showToast({ text: "The link is copied." });
    } catch {
      // Not allowed here: the address bar has it instead.
      history.replaceState(null, "", `#${fragment}`);
      showToast({ text: "The link is in the address bar." });
    }
  }

  // Mending.

  private onDouble(event: MouseEvent): void {
    const word = (event.target as Element).closest<HTMLElement>(".w");
    if (!word || !this.mayEdit) return;
    getSelection()?.removeAllRanges();
    this.edit(Number(word.dataset.i));
  }

  private edit(index: number): void {
    const [word, token] = [this.list.wordAt(index), this.tokens[index]];
    const line = this.lines[token?.cue ?? -1];
    if (!word || !token || !line || !this.mayEdit) return;
    this.select(undefined);
    this.watching.pause();
    const place = line.tokens.indexOf(token);
    editWord(word, {
      save: (text, then) => void this.correct(line, token, withWord(line, place, text), then),
      cancel: () => this.list.activate(index, true),
    });
  }

  private async correct(line: Line, token: Token, text: string, then: "stay" | "next"): Promise<void> {
    await this.apply({ kind: "correct", cue: token.cue, text });
    const next = Math.min(token.index + (then === "next" ? 1 : 0), this.tokens.length - 1);
    this.list.activate(next, true);
    if (then === "next" && !this.problem && line) this.edit(next);
  }

  private openCue(cue: number): void {
    this.closeCue();
    const row = this.list.rowOf(cue);
    const line = this.lines[cue];
    if (!row || !line || !this.mayEdit) return;
    const active = this.tokens[this.list.activeIndex];
    const word = active?.cue === cue ? line.tokens.indexOf(active) : 0;
    this.editor = new CueEditor(this.lines, cue, word, {
      apply: async (edit) => {
        await this.apply(edit);
        // The list was drawn anew, and with it went the button that had the focus.
        if (!this.problem) this.list.moreOf(cue)?.focus();
      },
      now: () => this.watching.time_ms,
      close: () => {
        this.closeCue();
        this.list.moreOf(cue)?.focus();
      },
    });
    this.editor.open(row);
  }

  private closeCue(): void {
    this.editor?.close();
    this.editor = undefined;
  }

  private async apply(edit: Edit): Promise<void> {
    this.problem = "";
    try {
      await apply(this.watching, edit);
    } catch (error) {
      if (error instanceof Overtaken) this.compare(error);
      else this.fail(error);
    }
    this.requestUpdate();
  }

  /** Both versions side by side where it was a word; any other change is simply to be looked at again. */
  private compare({ mine, cue, message }: Overtaken): void {
    const theirs = this.watching.data.captions.cues[cue]?.text;
    if (mine.kind !== "correct" || theirs === undefined) {
      this.problem = `${message} You see theirs now, and nothing was overwritten. Look again, then try once more.`;
      return;
    }
    this.overtaken = { mine: mine.text, theirs, edit: { ...mine, cue } };
    void this.updateComplete.then(() =>
      this.querySelector<HTMLDialogElement>("dialog.overtaken")?.showModal(),
    );
  }

  private fail(error: unknown): void {
    const offline =
      "The server did not answer. The captions are as they were; try again when you are connected.";
    this.problem = error instanceof Refusal ? error.detail : offline;
    this.requestUpdate();
  }

  private onUndoKey(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || (event.target as Element).matches("input")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    const redo = key === "y" || event.shiftKey;
    if (redo ? this.watching.data.can_redo : this.watching.data.can_undo)
      void this.apply({ kind: redo ? "redo" : "undo" });
  }

  // Finding.

  private search(query: string, go: boolean): void {
    this.query = query;
    this.hits = find(this.tokens, query);
    const near = this.hits.findIndex(
      (one) => (this.tokens[one.from]?.start_ms ?? 0) >= this.watching.time_ms,
    );
    this.show(this.hits.length === 0 ? -1 : Math.max(0, near), go);
  }

  private show(match: number, go: boolean): void {
    const { length: count } = this.hits;
    this.match = count === 0 ? -1 : (match + count) % count;
    this.list.markMatches(this.hits, this.match);
    const at = this.hits[this.match];
    if (at && go) {
      this.setFollowing(false);
      this.list.bring(this.list.wordAt(at.from));
    }
    this.requestUpdate();
  }

  private onFindKey(event: KeyboardEvent): void {
    if (event.key === "Enter") this.show(this.match + (event.shiftKey ? -1 : 1), true);
    else if (event.key === "Escape") this.search("", false);
    else return;
    event.preventDefault();
  }

  protected override render(): TemplateResult {
    const { can_undo, can_redo } = this.watching.data;
    const square = "btn btn-bare btn-sq btn-s";
    return html`
      ${this.problem ? html`<p class="note note-bad" role="alert">${glyph("circle-alert")}<span class="grow">${this.problem}</span></p>` : nothing}
      <div class="side-foot">
        <label class="row grow find-in">${glyph("search", "i-s")}<span class="vh">Find in transcript</span>
          <input type="search" placeholder="Find in transcript" .value=${this.query} @input=${(event: Event) => this.search((event.target as HTMLInputElement).value, true)} @keydown=${(event: KeyboardEvent) => this.onFindKey(event)} /></label>
        ${this.query ? this.found(square) : nothing}
        ${
          this.mayEdit && (can_undo || can_redo)
            ? html`<button type="button" class="${square}" aria-label="Undo the last change" title="Undo (Ctrl Z)" ?disabled=${!can_undo} @click=${() => void this.apply({ kind: "undo" })}>${glyph("undo-2")}</button>
              <button type="button" class="${square}" aria-label="Redo" title="Redo (Ctrl Y)" ?disabled=${!can_redo} @click=${() => void this.apply({ kind: "redo" })}>${glyph("redo-2")}</button>`
            : nothing
        }
        <button type="button" class="btn btn-line btn-s follow" aria-pressed=${this.following} @click=${() => this.setFollowing(!this.following)}>Following</button>
      </div>
      ${this.conflict()}`;
  }

  private found(square: string): TemplateResult {
    const count = this.hits.length;
    return html`<span class="sm num" role="status">${count === 0 ? "Not found" : `${this.match + 1} of ${count}`}</span>
      <button type="button" class="${square}" aria-label="Previous" ?disabled=${count === 0} @click=${() => this.show(this.match - 1, true)}>${glyph("chevron-up")}</button>
      <button type="button" class="${square}" aria-label="Next" ?disabled=${count === 0} @click=${() => this.show(this.match + 1, true)}>${glyph("chevron-down")}</button>`;
  }

  private conflict(): TemplateResult {
    const close = (event: Event) => (event.currentTarget as HTMLElement).closest("dialog")?.close();
    const mine = (event: Event) => {
      close(event);
      if (this.overtaken) void this.apply(this.overtaken.edit);
    };
    return html`<dialog class="dlg pop overtaken" aria-labelledby="overtaken-title">
      <h2 id="overtaken-title">Which words shall stay?</h2>
      <p class="soft sm">Somebody else changed this line while you did. Neither is lost.</p>
      <dl class="versions"><dt>Yours</dt><dd>${this.overtaken?.mine}</dd><dt>Theirs, shown now</dt><dd>${this.overtaken?.theirs}</dd></dl>
      <div class="acts"><button type="button" class="btn btn-line" @click=${close}>Keep theirs</button><button type="button" class="btn" @click=${mine}>Use mine</button></div>
    </dialog>`;
  }
}

customElements.define("td-transcript", Transcript);

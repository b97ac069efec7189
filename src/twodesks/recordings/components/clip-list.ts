/** The clips of the recording on this page: `<td-clip-list> … the clips as the server wrote them … </td-clip-list>`. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { showToast, showTrouble } from "~/lib/toasts";
import { Refusal, reach } from "~/lib/api";
import { glyph } from "./kit/glyph";
import { clock, length, mediaFragment } from "./kit/time";
import { type ClipRow, type Watching, watching } from "./watch/watching";

export class ClipList extends LitElement {
  private watching!: Watching;
  private leaving = new AbortController();

  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.leaving = new AbortController();
    this.watching = watching();
    this.watching.on("data", () => this.changed(), this.leaving.signal);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leaving.abort();
  }

  private changed(): void {
    const section = this.closest<HTMLElement>("[data-tab]");
    if (section) section.dataset.count = String(this.watching.data.clips.length);
    this.requestUpdate();
  }

  private async copy(clip: ClipRow): Promise<void> {
    const address = `${location.origin}${location.pathname}#${mediaFragment(clip.start_ms, clip.end_ms)}`;
    try {
      await navigator.clipboard.writeText(address);
      showToast({ text: "The link is copied." });
    } catch {
      location.hash = mediaFragment(clip.start_ms, clip.end_ms);
      showToast({ text: "The link is in the address bar." });
    }
  }

  private async removeClip(clip: ClipRow): Promise<void> {
    const { id, clips } = this.watching.data;
    try {
      await reach(`/recordings/${id}/clips/${clip.id}`, { method: "DELETE" });
      this.watching.change({ clips: clips.filter((one) => one.id !== clip.id) });
      showToast({ text: "The clip is gone. The recording is as it was." });
    } catch (error) {
      showTrouble(
        error instanceof Refusal
          ? error.detail
          : "The server did not answer. The clip is still there; try again.",
      );
    }
  }

  protected override render(): TemplateResult {
    const { clips } = this.watching.data;
    if (clips.length === 0)
      return html`<div class="empty"><h3>No clips yet</h3><p class="sm">Select words in the transcript, and press Clip. A clip can go into an insight, or to somebody as a link.</p></div>`;
    return html`<ul class="list">${clips.map((clip) => this.row(clip))}</ul>`;
  }

  private row(clip: ClipRow): TemplateResult {
    const { id } = this.watching.data;
    const fragment = mediaFragment(clip.start_ms, clip.end_ms);
    return html`<li class="clip-row">
      <a class="plain" href="#${fragment}" data-seek=${clip.start_ms} data-until=${clip.end_ms}><b class="label under">${clip.title}</b>
        <span class="sm muted">${clock(clip.start_ms)} to ${clock(clip.end_ms)}, ${length(clip.end_ms - clip.start_ms)}, by ${clip.made_by}</span></a>
      <span class="row">
        <a class="btn btn-bare btn-s" href="/insights/new/?recording=${id}&${fragment}" aria-label="Keep ${clip.title}">Keep</a>
        <button type="button" class="btn btn-bare btn-sq btn-s" title="Copy a link" aria-label="Copy a link to ${clip.title}" @click=${() => void this.copy(clip)}>${glyph("link")}</button>
        ${
          clip.is_mine
            ? html`<button type="button" class="btn btn-bare btn-sq btn-s" title="Remove" aria-label="Remove ${clip.title}" @click=${() => void this.removeClip(clip)}>${glyph("trash-2")}</button>`
            : nothing
        }
      </span>
    </li>`;
  }
}

customElements.define("td-clip-list", ClipList);

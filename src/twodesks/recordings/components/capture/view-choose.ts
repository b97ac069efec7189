/** The record page before anything runs: what was left unfinished, and how one wants to explain it. */
import { html, nothing, type TemplateResult } from "lit";
import { glyph } from "../kit/glyph";
import { clock, megabytes } from "../kit/time";
import type { Kind, NoDevice } from "./devices";
import { ENDINGS, TRANSCRIPT_ENDINGS, type Memory } from "./file-upload";
import type { Found } from "./recovery";

export interface ChooseView {
  /** Why this browser cannot record, or "". */
  cannot: string;
  canShare: boolean;
  found: readonly Found[];
  finding: number | undefined;
  begun: readonly Memory[];
  trouble: NoDevice | undefined;
  fileTrouble: string;
  limit: number;
  dragging: boolean;
  opening: Kind | undefined;
  choose: (kind: Kind) => void;
  takeFiles: (files: File[]) => void;
  keepFound: (found: Found) => void;
  discardFound: (found: Found) => void;
  forgetBegun: (memory: Memory) => void;
}

const WAYS: [kind: Kind, icon: string, name: string, why: string][] = [
  ["screen", "screen-share", "Screen and voice", "Show how it is done, and say why."],
  ["camera", "video", "Camera", "Show a thing in your hands, or yourself."],
  ["voice", "mic", "Voice alone", "Quickest, and mostly enough."],
];

export function chooseView(view: ChooseView): TemplateResult {
  return html`
    <div class="choose">
      ${view.found.map((found) => foundNote(found, view))} ${view.begun.map((memory) => begunNote(memory, view))}
      ${view.cannot ? note("note-warn", "triangle-alert", html`<p>${view.cannot}</p>`) : nothing}
      ${view.trouble ? note("note-bad", "mic-off", html`<p><b class="strong">${view.trouble.what}</b><br />${view.trouble.todo}</p>`, "alert") : nothing}
      <h2>How do you want to explain it?</h2>
      <div class="ways">
        ${WAYS.filter(([kind]) => kind !== "screen" || view.canShare).map(
          ([kind, icon, name, why]) => html`
            <button type="button" class="way" ?disabled=${view.cannot !== ""} aria-busy=${view.opening === kind} @click=${() => view.choose(kind)}>
              ${glyph(icon, "i-l")}<span><b>${name}</b><span class="sm muted">${why}</span></span>
            </button>`,
        )}
      </div>
      ${dropZone(view)}
      <p class="sm muted safe">${glyph("shield-check", "i-s")} It travels to the server while you talk. Close the tab, lose the network: what you said is there when you come back.</p>
    </div>`;
}

function dropZone(view: ChooseView): TemplateResult {
  return html`
    <div class="drop ${view.dragging ? "over-it" : ""}">
      ${glyph("upload", "i-l")}
      <div class="grow">
        <label class="strong" for="file">Or bring a file</label>
        <p class="sm muted" id="file-hint">Drop it anywhere here. ${ENDINGS.join(", ")}, up to ${megabytes(view.limit)}. A call’s own transcript (${TRANSCRIPT_ENDINGS.join(", ")}) may come with it.</p>
        ${view.fileTrouble ? html`<p class="problem" role="alert">${glyph("circle-alert", "i-s")}<span>${view.fileTrouble}</span></p>` : nothing}
      </div>
      <span class="btn btn-line file-btn">Choose a file<input type="file" id="file" multiple aria-describedby="file-hint"
          accept=${`audio/*,video/*,${[...ENDINGS, ...TRANSCRIPT_ENDINGS].map((ending) => `.${ending}`).join(",")}`}
          @change=${(event: Event) => takeFrom(event.target as HTMLInputElement, view)} /></span>
    </div>`;
}

function takeFrom(input: HTMLInputElement, view: ChooseView): void {
  const files = [...(input.files ?? [])];
  // The same file may be chosen again after it was refused or cancelled.
  input.value = "";
  if (files.length > 0) view.takeFiles(files);
}

function foundNote(found: Found, view: ChooseView): TemplateResult {
  const waiting = found.sender && !found.sender.allSafe;
  const busy = view.finding === found.id;
  const when = found.started_at.toLocaleString("en-GB", {
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
  });
  return note(
    "note-gold",
    "check",
    html`<p>
      <b class="strong">Your recording of ${clock(found.duration_ms)} is here.</b>
      ${found.title ? html`“${found.title}”, ` : nothing}${when}. It was not ended, and nothing up to there is lost.
      ${waiting ? html`<br />Its last part is on its way to the server now.` : nothing}
    </p>`,
    "status",
    html`<span class="row">
      <button type="button" class="btn btn-bare btn-s" ?disabled=${busy} @click=${() => view.discardFound(found)}>Discard</button>
      <button type="button" class="btn btn-gold btn-s" aria-busy=${busy} @click=${() => view.keepFound(found)}>Keep it</button>
    </span>`,
  );
}

function begunNote(memory: Memory, view: ChooseView): TemplateResult {
  const part = Math.floor((memory.sent / memory.size) * 100);
  return note(
    "",
    "upload",
    html`<p><b class="strong">${part} % of “${memory.name}” is on the server.</b> Choose the same file again and it goes on from there.</p>`,
    "status",
    html`<button type="button" class="btn btn-bare btn-s" @click=${() => view.forgetBegun(memory)}>Forget it</button>`,
  );
}

export function note(
  kind: string,
  icon: string,
  words: TemplateResult,
  role: "alert" | "status" | "" = "",
  action: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="note ${kind}" role=${role || nothing}>${glyph(icon)}<div class="grow">${words}</div>${action}</div>`;
}

/** The record page while a file is on its way. */
import { html, nothing, type TemplateResult } from "lit";
import { glyph } from "../kit/glyph";
import { length, megabytes } from "../kit/time";
import type { FileUpload } from "./file-upload";

export interface UploadView {
  upload: FileUpload;
  /** The call's transcript that goes with it, by its name. */
  transcript: string;
  /** The recording is made, and only its transcript is left. */
  made: boolean;
  finishing: boolean;
  trouble: string;
  pause: () => void;
  resume: () => void;
  cancel: () => void;
  signIn: () => void;
  finish: () => void;
}

export function uploadView(view: UploadView): TemplateResult {
  const { upload } = view;
  const part = upload.sent / Math.max(upload.file.size, 1);
  return html`<div class="choose sending">
    <div class="row row-3">${glyph("file-video", "i-l")}<h2 class="clip1 grow">${upload.file.name}</h2></div>
    <progress class="track track-coral" max="1" .value=${part} aria-label="Part of the file that is on the server"></progress>
    <p class="row between wrap"><span role="status"><b class="label">${words(view)}</b></span>
      <span class="muted sm num">${megabytes(upload.sent)} of ${megabytes(upload.file.size)}</span></p>
    ${view.transcript ? html`<p class="row sm soft">${glyph("captions", "i-s")}<span>With the transcript ${view.transcript}</span></p>` : nothing}
    ${advice(view)}
    <div class="row wrap">
      ${
        upload.state === "paused"
          ? html`<button type="button" class="btn btn-coral" @click=${view.resume}>Go on</button>`
          : nothing
      }
      ${
        upload.state === "sending" || upload.state === "waiting"
          ? html`<button type="button" class="btn btn-line" @click=${view.pause}>Pause</button>`
          : nothing
      }
      ${
        upload.state === "signed-out"
          ? html`<button type="button" class="btn" @click=${view.signIn}>Sign in again</button>`
          : nothing
      }
      ${
        upload.state === "sent" && view.trouble
          ? html`<button type="button" class="btn" @click=${view.finish}>${view.made ? "Open the recording" : "Try again"}</button>`
          : nothing
      }
      ${view.finishing || view.made ? nothing : html`<button type="button" class="btn btn-bare" @click=${view.cancel}>Cancel the upload</button>`}
    </div>
  </div>`;
}

function words({ upload, trouble }: UploadView): string {
  const left = upload.left_ms;
  switch (upload.state) {
    case "sending":
      return left === undefined ? "On its way" : `On its way, about ${length(left)} left`;
    case "waiting":
      return "Waiting for the connection";
    case "paused":
      return "Paused. What was sent is kept";
    case "signed-out":
      return "Waiting for you to sign in";
    case "refused":
      return "The server did not take it";
    default:
      return trouble ? "All of it is on the server" : "All of it is on the server. Opening it";
  }
}

function advice({ upload, trouble }: UploadView): TemplateResult | typeof nothing {
  const said =
    trouble ||
    (upload.state === "refused" || upload.trouble === "full" ? upload.detail : "") ||
    (upload.state === "waiting" ? "Nothing is lost. It goes on by itself where it stopped." : "") ||
    (upload.state === "signed-out"
      ? "You were signed out. Nothing is lost; sign in again and it goes on."
      : "");
  if (!said) return nothing;
  const bad = trouble || upload.state === "refused";
  return html`<div class="note ${bad ? "note-bad" : "note-warn"}" role="alert">${glyph(bad ? "circle-alert" : "cloud-off")}<div>${said}</div></div>`;
}

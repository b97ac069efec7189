/** The part of `td-recorder` that takes a file to the server. */
import type { ReactiveController, TemplateResult } from "lit";
import { reach } from "~/lib/api";
import { FileUpload, isTranscript, objection } from "./file-upload";
import { uploadView } from "./view-upload";

export interface Desk extends HTMLElement {
  readonly wish: { title: string; channel_id: number | null };
  addController(controller: ReactiveController): void;
  requestUpdate(): void;
  go(url: string): void;
  signIn(): Promise<boolean>;
}

export const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : "That did not work. Nothing was lost; try again in a moment.";

export class FileDesk implements ReactiveController {
  upload: FileUpload | undefined;
  /** What is wrong with the file that was chosen last. */
  objection = "";
  dragging = false;
  /** What the meeting tool wrote of the call that is sent; it goes after the recording. */
  transcript: File | undefined;
  private made = "";
  private finishing = false;
  private trouble = "";

  constructor(
    private readonly host: Desk,
    private readonly isFree: () => boolean,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.addEventListener("dragover", this.onDrag);
    this.host.addEventListener("dragleave", this.onDrag);
    this.host.addEventListener("drop", this.onDrop);
  }

  get limit(): number {
    return Number(this.host.dataset.maxBytes) || Number.POSITIVE_INFINITY;
  }

  /** A recording, and the transcript of the call with it if there is one, in whichever order they come. */
  takeAll(files: readonly File[]): void {
    this.transcript = files.find(isTranscript) ?? this.transcript;
    const recording = files.find((file) => !isTranscript(file));
    if (recording) this.take(recording);
    else if (this.transcript && !this.upload) {
      this.objection = `“${this.transcript.name}” is kept. Now add the recording of the same call.`;
      this.host.requestUpdate();
    }
  }

  take(file: File): void {
    this.objection = objection(file, this.limit);
    if (!this.objection) {
      this.trouble = "";
      this.upload = new FileUpload(file, this.host.dataset.uploads ?? "/media/uploads/");
      this.upload.addEventListener("progress", () => this.host.requestUpdate());
      const { wish } = this.host;
      wish.title ||= file.name
        .replace(/\.[^.]+$/, "")
        .replaceAll("_", " ")
        .slice(0, 200);
      void this.send();
    }
    this.host.requestUpdate();
  }

  /** Goes on after a pause or a sign-in. */
  async send(): Promise<void> {
    await this.upload?.run();
    if (this.upload?.state === "sent") await this.finish();
    this.host.requestUpdate();
  }

  private async finish(): Promise<void> {
    this.finishing = true;
    this.trouble = "";
    this.host.requestUpdate();
    try {
      this.made ||= (await this.upload?.finish(this.host.wish)) ?? "";
      if (this.made) await this.bringTranscript();
      if (this.made) this.host.go(this.made);
    } catch (error) {
      this.finishing = false;
      this.trouble = wordsOf(error);
      if (this.made) {
        // The recording is there; only its transcript was not taken. The next try goes on without it.
        this.transcript = undefined;
        this.trouble += " The recording itself is safe. You can add a transcript on its page.";
      }
    }
    this.host.requestUpdate();
  }

  private async bringTranscript(): Promise<void> {
    if (!this.transcript) return;
    const body = new FormData();
    body.set("file", this.transcript);
    await reach(`${this.made}call-transcript`, { method: "POST", body });
  }

  private async cancel(): Promise<void> {
    const { upload } = this;
    this.upload = undefined;
    this.transcript = undefined;
    this.made = "";
    this.trouble = "";
    this.host.requestUpdate();
    await upload?.cancel();
  }

  private async signIn(): Promise<void> {
    if (await this.host.signIn()) await this.send();
  }

  view(upload: FileUpload): TemplateResult {
    return uploadView({
      upload,
      transcript: this.transcript?.name ?? "",
      made: this.made !== "",
      finishing: this.finishing,
      trouble: this.trouble,
      pause: () => upload.pause(),
      resume: () => void this.send(),
      cancel: () => void this.cancel(),
      signIn: () => void this.signIn(),
      finish: () => void this.finish(),
    });
  }

  private readonly onDrag = (event: DragEvent): void => {
    if (!this.isFree() || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.dragging = event.type === "dragover";
    this.host.requestUpdate();
  };

  private readonly onDrop = (event: DragEvent): void => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!this.isFree() || files.length === 0) return;
    event.preventDefault();
    this.dragging = false;
    this.takeAll(files);
  };
}

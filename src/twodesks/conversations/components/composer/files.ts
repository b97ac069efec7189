/** Pictures and files of a message that is being written: each goes to the server at once, with its progress. */
import { csrfHeaders } from "~/lib/csrf";
import { icon } from "~/lib/icon";

export const MOST_FILES = 20;
const AWAY = "It did not reach the server. Try again when you are connected.";

export interface Attached {
  id: number;
  name: string;
}

interface Entry {
  file: File;
  row: HTMLElement;
  id: number;
  call: XMLHttpRequest | undefined;
  failed: boolean;
}

export class Files {
  private entries: Entry[] = [];

  constructor(
    private readonly address: string,
    private readonly list: HTMLElement,
    private readonly changed: () => void,
  ) {}

  get ids(): number[] {
    return this.entries.filter((entry) => entry.id > 0).map((entry) => entry.id);
  }

  get isSending(): boolean {
    return this.entries.some((entry) => entry.id === 0 && !entry.failed);
  }

  get count(): number {
    return this.entries.length;
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      if (this.entries.length >= MOST_FILES) break;
      const entry: Entry = { file, row: document.createElement("li"), id: 0, call: undefined, failed: false };
      this.entries.push(entry);
      this.list.append(entry.row);
      this.send(entry);
    }
    this.changed();
  }

  /** Takes those out that went with a message; one that was added since stays. */
  clear(sent: readonly number[]): void {
    const gone = this.entries.filter((entry) => sent.includes(entry.id));
    for (const entry of gone) entry.row.remove();
    this.entries = this.entries.filter((entry) => !gone.includes(entry));
    this.changed();
  }

  private send(entry: Entry): void {
    entry.failed = false;
    this.draw(entry, "0 %");
    const call = new XMLHttpRequest();
    entry.call = call;
    call.open("POST", this.address);
    for (const [name, value] of Object.entries(csrfHeaders())) call.setRequestHeader(name, value);
    call.setRequestHeader("Accept", "application/json");
    call.responseType = "json";
    call.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) this.tell(entry, `${Math.floor((100 * event.loaded) / event.total)} %`);
    });
    call.addEventListener("load", () => this.onLoad(entry, call));
    call.addEventListener("error", () => this.fail(entry, AWAY, true));
    const body = new FormData();
    body.set("file", entry.file, entry.file.name || "picture.png");
    call.send(body);
  }

  private onLoad(entry: Entry, call: XMLHttpRequest): void {
    const answer = (call.response ?? {}) as { id?: number; detail?: string };
    if (call.status === 201 && answer.id) {
      entry.id = answer.id;
      this.draw(entry, "");
    } else this.fail(entry, answer.detail ?? "The server did not take it.", call.status >= 500);
    this.changed();
  }

  private fail(entry: Entry, why: string, mayTryAgain: boolean): void {
    entry.failed = true;
    this.draw(entry, why, mayTryAgain);
    this.changed();
  }

  private tell(entry: Entry, words: string): void {
    const said = entry.row.querySelector("[data-how]");
    if (said) said.textContent = words;
  }

  private draw(entry: Entry, how: string, mayTryAgain = false): void {
    const name = document.createElement("span");
    name.className = "clip1";
    name.textContent = entry.file.name || "Picture";
    const said = document.createElement("span");
    said.className = entry.failed ? "problem" : "muted num";
    said.dataset.how = "";
    said.textContent = how;
    if (entry.failed) said.setAttribute("role", "alert");
    const away = this.button("x", `Take ${entry.file.name || "the picture"} out`, () => this.remove(entry));
    const parts: Node[] = [icon(entry.file.type.startsWith("image/") ? "image" : "paperclip"), name, said];
    if (mayTryAgain) parts.push(this.button("refresh-cw", "Try again", () => this.send(entry)));
    entry.row.replaceChildren(...parts, away);
  }

  private button(sign: string, words: string, does: () => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-bare btn-sq btn-s";
    button.setAttribute("aria-label", words);
    button.append(icon(sign));
    button.addEventListener("click", does);
    return button;
  }

  private remove(entry: Entry): void {
    entry.call?.abort();
    entry.row.remove();
    this.entries = this.entries.filter((one) => one !== entry);
    this.changed();
  }
}

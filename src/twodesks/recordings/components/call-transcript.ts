/**
 * Brings the transcript that the meeting tool wrote to the recording on this page.
 *
 *     <td-call-transcript><details><form action="…" enctype="multipart/form-data"> … </form></details></td-call-transcript>
 *
 * Without script the form is sent as it is, and the page comes back.
 */
import { showToast } from "~/lib/toasts";
import { Refusal, reach } from "~/lib/api";
import { refresh } from "./watch/edits";
import { watching } from "./watch/watching";

export class CallTranscript extends HTMLElement {
  private leaving = new AbortController();

  connectedCallback(): void {
    this.leaving = new AbortController();
    this.addEventListener("submit", (event) => void this.send(event), { signal: this.leaving.signal });
  }

  disconnectedCallback(): void {
    this.leaving.abort();
  }

  private async send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const body = new FormData(form);
    if (event.submitter?.matches("[data-anyway]")) body.set("anyway", "1");
    const { version } = watching().data.captions;
    if (version !== null) body.set("based_on", String(version));
    this.note("");
    try {
      await reach(form.action, { method: "POST", body });
      form.reset();
      this.querySelector("details")?.removeAttribute("open");
      await this.show();
    } catch (error) {
      const offline = "The server did not answer. Nothing was changed; try again when you are connected.";
      const refused = error instanceof Refusal ? error : undefined;
      this.note(refused?.detail ?? offline, refused?.extra.may_use_anyway === true);
    }
  }

  /** The words come into the transcript; what is said of them above it. */
  private async show(): Promise<void> {
    const page = await refresh(watching());
    const fresh = page.querySelector('[data-fresh="news"]');
    const place = document.querySelector('[data-fresh="news"]');
    if (fresh && place) place.replaceChildren(...fresh.childNodes);
    showToast({ text: "The call’s transcript is taken. Undo brings back what was there." });
  }

  private note(words: string, mayInsist = false): void {
    const form = this.querySelector("form");
    this.querySelector(".note")?.remove();
    this.querySelector("[data-anyway]")?.remove();
    if (!words || !form) return;
    const note = Object.assign(document.createElement("p"), { className: "note note-bad", textContent: words });
    note.setAttribute("role", "alert");
    form.prepend(note);
    if (!mayInsist) return;
    const insist = Object.assign(document.createElement("button"), {
      className: "btn btn-line btn-s",
      textContent: "Use it all the same",
    });
    insist.dataset.anyway = "";
    form.append(insist);
  }
}

customElements.define("td-call-transcript", CallTranscript);

/**
 * Sends the file of an export in pieces that survive a lost connection, then the form with the upload's number in its
 * place: `<td-import-upload data-uploads="/media/uploads/"><form>… <input type="file" name="file"> <input type="hidden"
 * name="upload"> …</form></td-import-upload>`. Without script the form sends the file itself.
 */
import { Refusal } from "~/lib/api";
import { createUpload, LARGEST_PIECE, OffsetDiffers, tus } from "../../recordings/components/capture/tus";

const TRIES = 60;
const PAUSE_MS = 2_000;

export class ImportUpload extends HTMLElement {
  private readonly leaving = new AbortController();

  connectedCallback(): void {
    this.form.addEventListener("submit", (event) => this.submitted(event), { signal: this.leaving.signal });
  }

  disconnectedCallback(): void {
    this.leaving.abort();
  }

  private get form(): HTMLFormElement {
    const form = this.querySelector("form");
    if (!form) throw new Error("td-import-upload holds no form");
    return form;
  }

  private submitted(event: SubmitEvent): void {
    const file = this.querySelector<HTMLInputElement>('input[type="file"]')?.files?.[0];
    const number = this.querySelector<HTMLInputElement>('input[name="upload"]');
    if (!file?.size || !number || number.value) return;
    event.preventDefault();
    void this.send(file, number);
  }

  private async send(file: File, number: HTMLInputElement): Promise<void> {
    this.toggle(true);
    try {
      const address = await createUpload(this.dataset.uploads ?? "", file, "import");
      await this.pieces(address, file);
      number.value = address.split("/").filter(Boolean).at(-1) ?? "";
      this.querySelector<HTMLInputElement>('input[type="file"]')?.removeAttribute("name");
      this.form.submit();
    } catch (error) {
      this.tell(error instanceof Refusal ? error.detail : "The connection dropped. Nothing was lost; send it again.");
      this.toggle(false);
    }
  }

  /** After a failure the server says how far it is; what it has is not sent again. */
  private async pieces(address: string, file: File): Promise<void> {
    let offset = 0;
    for (let tries = 0; offset < file.size; ) {
      try {
        offset = await tus.append(address, offset, file.slice(offset, offset + LARGEST_PIECE), this.leaving.signal);
        tries = 0;
        this.tell(`${Math.floor((100 * offset) / file.size)} % has arrived. Keep this page open until it is all there.`);
      } catch (error) {
        if (error instanceof Refusal || ++tries > TRIES) throw error;
        if (!(error instanceof OffsetDiffers)) await new Promise((done) => setTimeout(done, PAUSE_MS));
        this.tell("The connection dropped. It goes on as soon as the server answers.");
        offset = await tus.offset(address, this.leaving.signal).catch(() => offset);
      }
    }
  }

  private toggle(busy: boolean): void {
    for (const button of this.querySelectorAll("button")) button.disabled = busy;
  }

  private tell(words: string): void {
    const place = this.querySelector('[data-part="progress"]');
    if (place) place.textContent = words;
  }
}

customElements.define("td-import-upload", ImportUpload);

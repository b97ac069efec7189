/**
 * The Ask page while somebody writes: the button says whom it asks, the suggested channel is taken until another is
 * chosen, and a question that was begun survives a reload.
 *
 *     <td-ask-form><form>… <textarea name="q"> … <select name="channel"> … <div id="found"> … </form></td-ask-form>
 */
import { KEPT, SENT } from "~/lib/kept-question";


class AskForm extends HTMLElement {
  private chosen = false;

  connectedCallback(): void {
    const { form, channel } = this;
    if (!form || !channel) return;
    this.chosen = channel.value !== "";
    sessionStorage.removeItem(SENT);
    const question = this.question;
    if (question && !question.value) {
      question.value = sessionStorage.getItem(KEPT) ?? "";
      if (question.value) question.dispatchEvent(new Event("input", { bubbles: true }));
    }
    form.addEventListener("input", () => sessionStorage.setItem(KEPT, question?.value ?? ""));
    form.addEventListener("change", (event) => {
      if (event.target === channel) this.chosen = true;
      this.name();
    });
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, "1"));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(this.button ?? undefined);
    });
    this.addEventListener("htmx:afterSwap", () => this.take());
    this.take();
  }

  private get form(): HTMLFormElement | null {
    return this.querySelector("form");
  }

  private get question(): HTMLTextAreaElement | null {
    return this.querySelector("textarea[name=q]");
  }

  private get channel(): HTMLSelectElement | null {
    return this.querySelector("select[name=channel]");
  }

  private get button(): HTMLButtonElement | null {
    return this.querySelector("[data-ask]");
  }

  /** Takes the suggested channel, unless somebody has chosen one. */
  private take(): void {
    const suggested = this.querySelector<HTMLElement>("[data-channel]")?.dataset.channel;
    const { channel } = this;
    if (channel && suggested && !this.chosen) channel.value = suggested;
    this.name();
  }

  /** "Ask Tomasz and #platform": whom the button asks. */
  private name(): void {
    const person = this.querySelector<HTMLInputElement>("input[name=asked]:checked")?.dataset.name;
    const place = this.channel?.selectedOptions[0]?.dataset.name;
    const whom = [person, place].filter(Boolean).join(" and ");
    if (this.button) this.button.textContent = whom ? `Ask ${whom}` : "Ask";
    const route = this.querySelector<HTMLElement>("[data-route]");
    if (!route) return;
    route.hidden = !place;
    route.textContent = person
      ? `It goes to ${person} first, and to ${place} after 30 minutes.`
      : `It goes to ${place} at once.`;
  }
}

customElements.define("td-ask-form", AskForm);

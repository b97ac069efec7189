/**
 * Who speaks in a call, with their share of the talking; pressing one shows their words alone.
 *
 *     <td-speakers><ul> … the speakers as the server wrote them … </ul></td-speakers>
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { whoIs } from "./watch/turns";
import { type Speaker, type Watching, watching } from "./watch/watching";

export class Speakers extends LitElement {
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
    for (const news of ["data", "speaker"] as const)
      this.watching.on(news, () => this.requestUpdate(), this.leaving.signal);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leaving.abort();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { speakers } = this.watching.data;
    if (speakers.length === 0) return nothing;
    return html`<div class="row wrap spk-list" role="group" aria-label="Who speaks. Choose one to read their words alone">${speakers.map((one) => this.chip(one))}</div>`;
  }

  private chip(speaker: Speaker): TemplateResult {
    const who = whoIs(speaker);
    const pressed = this.watching.only === who;
    const press = () => this.watching.showOnly(pressed ? undefined : who);
    return html`<button type="button" class="chip" aria-pressed=${pressed} title="Speaks for ${speaker.length}, ${speaker.turns} times" @click=${press}>${speaker.name} <span class="num">${speaker.percent} %</span></button>`;
  }
}

customElements.define("td-speakers", Speakers);

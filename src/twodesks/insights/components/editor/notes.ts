/** What the writer has to know now, above the text: first what is safe, then what to do. */
import { html, nothing, render, type TemplateResult } from "lit";
import { icon } from "~/lib/icon";

interface Choice {
  words: string;
  kind: string;
  run: () => void;
}

export class Notes {
  private sticky: TemplateResult | null = null;

  constructor(private readonly host: HTMLElement) {}

  say(words: string, picture = "info"): void {
    this.draw(note("", picture, words, "status"));
  }

  refused(detail: string): void {
    this.draw(note("note-bad", "circle-alert", detail, "alert"));
  }

  signedOut(): void {
    const link = html` <a href="/sign-in/" target="_blank">Sign in again in a new tab</a> and come back; saving goes on by itself.`;
    this.draw(
      note(
        "note-warn",
        "cloud-off",
        html`You were signed out. Your words are kept in this browser.${link}`,
        "alert",
      ),
    );
  }

  newer(words: string): void {
    this.sticky = note(
      "note-warn",
      "git-merge",
      html`<b class="strong">${words}</b><br>When you keep yours, what fits together goes in by itself, and you are asked about the rest.`,
      "status",
    );
    this.draw(null);
  }

  localCopy(at: number, choices: { use: () => void; drop: () => void }): void {
    const when = new Date(at).toLocaleString("en-GB", {
      day: "numeric",
      month: "long",
      hour: "2-digit",
      minute: "2-digit",
    });
    this.ask(`This browser kept words of ${when} that did not reach the server.`, [
      { words: "Use them", kind: "btn-line", run: choices.use },
      { words: "Throw them away", kind: "btn-bare", run: choices.drop },
    ]);
  }

  otherWindow(theirs: string, choices: { theirs: () => void; mine: () => void }): void {
    const preview = html`<details><summary>What the other window saved</summary><pre class="other-text" tabindex="0">${theirs}</pre></details>`;
    this.ask(
      html`<b class="strong">You wrote this in another window as well, at the same place. Both texts are safe.</b>${preview}`,
      [
        { words: "Keep this one", kind: "btn-line", run: choices.mine },
        { words: "Take the other", kind: "btn-line", run: choices.theirs },
      ],
    );
  }

  clear(): void {
    this.draw(null);
  }

  private ask(words: string | TemplateResult, choices: Choice[]): void {
    const press = (choice: Choice) => () => {
      this.draw(null);
      choice.run();
    };
    const buttons = choices.map(
      (choice) =>
        html`<button type="button" class="btn ${choice.kind} btn-s" @click=${press(choice)}>${choice.words}</button>`,
    );
    this.draw(
      note("note-warn", "git-merge", words, "alert", html`<div class="row wrap mt-2">${buttons}</div>`),
    );
  }

  private draw(now: TemplateResult | null): void {
    render(html`${this.sticky ?? nothing}${now ?? nothing}`, this.host);
  }
}

function note(
  kind: string,
  picture: string,
  words: string | TemplateResult,
  role: string,
  below: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="note ${kind} mt-4" role=${role}>${icon(picture)}<div class="grow">${words}${below}</div></div>`;
}

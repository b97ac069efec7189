/** What stands around every state of the record page: its head, and the two questions it may ask. */
import { html, type TemplateResult } from "lit";
import { glyph } from "../kit/glyph";
import { signIn } from "./sign-in";

export interface Channel {
  id: number;
  name: string;
}

export interface HeaderView {
  title: string;
  channel_id: number | null;
  home: string;
  channels: readonly Channel[];
  discard: (() => void) | undefined;
  rename: (title: string) => void;
  file: (channel_id: number | null) => void;
}

const LOGO = html`<svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
  <path d="M5 4h3a12 12 0 0 1 0 24H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3z" fill="var(--mark-talk)" />
  <path d="M27 4h-3a12 12 0 0 0 0 24h3a3 3 0 0 0 3-3V7a3 3 0 0 0-3-3z" fill="var(--mark-course)" />
  <path d="M16 7.056a12 12 0 0 1 0 17.888a12 12 0 0 1 0-17.888z" fill="var(--mark-insight)" />
</svg>`;

export function recordHeader(view: HeaderView): TemplateResult {
  const value = (event: Event) => (event.target as HTMLInputElement | HTMLSelectElement).value;
  return html`<header class="rtop">
    <a href=${view.home} aria-label="Twodesks home">${LOGO}</a>
    <h1 class="vh">Record</h1>
    <input class="rtitle" aria-label="Title" placeholder="What are you explaining?" maxlength="200" autocomplete="off"
      .value=${view.title} @change=${(event: Event) => view.rename(value(event).trim())} />
    <label class="rchan chip"><span class="vh">Where it goes</span>
      <select @change=${(event: Event) => view.file(Number(value(event)) || null)}>
        <option value="" ?selected=${view.channel_id === null}>Only me, for now</option>
        ${view.channels.map((one) => html`<option value=${one.id} ?selected=${one.id === view.channel_id}>#${one.name}</option>`)}
      </select></label>
    <span class="grow"></span>
    ${
      view.discard
        ? html`<button type="button" class="btn btn-bare btn-s" aria-label="Discard" @click=${view.discard}>${glyph("trash-2")}<span class="only-l">Discard</span></button>`
        : html`<a class="btn btn-bare btn-sq btn-s" href=${view.home} aria-label="Leave">${glyph("x")}</a>`
    }
  </header>`;
}

export function discardDialog(): TemplateResult {
  return html`<dialog class="dlg pop" id="discard-recording" aria-labelledby="discard-title">
    <form method="dialog">
      <h2 id="discard-title">Discard this recording?</h2>
      <p class="soft sm">All of it goes, here and on the server. To keep it and go on later, stop it instead.</p>
      <div class="acts">
        <button class="btn btn-bare" value="">Keep it</button>
        <button class="btn btn-bad" value="yes">Discard</button>
      </div>
    </form>
  </dialog>`;
}

export function signInDialog(): TemplateResult {
  return html`<dialog class="dlg pop" id="sign-in-again" aria-labelledby="sign-in-again-title" data-stay>
    <form @submit=${onSignIn}>
      <h2 id="sign-in-again-title">Sign in again</h2>
      <p class="soft sm">Your session has ended. Everything you recorded is safe, and goes on to the server once you are in.</p>
      <div class="stack">
        <div class="field"><label for="again-email">E-mail address</label><input class="input" id="again-email" name="email" type="email" autocomplete="username" required /></div>
        <div class="field"><label for="again-password">Password</label><input class="input" id="again-password" name="password" type="password" autocomplete="current-password" required /></div>
        <p class="problem" role="alert"></p>
      </div>
      <p class="sm muted">Do you sign in another way? <a href="/sign-in/" target="_blank" rel="noopener">Do it in a new tab</a>, come back, and press “I am signed in”.</p>
      <div class="acts">
        <button type="button" class="btn btn-bare" @click=${(event: Event) => close(event, "")}>Not now</button>
        <button type="button" class="btn btn-line" @click=${(event: Event) => close(event, "yes")}>I am signed in</button>
        <button class="btn">Sign in</button>
      </div>
    </form>
  </dialog>`;
}

function close(event: Event, value: string): void {
  (event.target as HTMLElement).closest("dialog")?.close(value);
}

async function onSignIn(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  event.stopPropagation();
  const form = event.target as HTMLFormElement;
  const data = new FormData(form);
  const said = form.querySelector(".problem");
  const button = event.submitter;
  button?.setAttribute("aria-busy", "true");
  const complaint = await signIn(String(data.get("email") ?? ""), String(data.get("password") ?? ""));
  button?.removeAttribute("aria-busy");
  if (said) said.textContent = complaint;
  if (complaint) return;
  form.reset();
  form.closest("dialog")?.close("yes");
}

/** Opens a dialog of `host`; answers whether it was ended with yes. */
export function dialogOf(host: HTMLElement, id: string): Promise<boolean> {
  const dialog = host.querySelector<HTMLDialogElement>(`#${id}`);
  if (!dialog || dialog.open) return Promise.resolve(false);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }),
  );
}

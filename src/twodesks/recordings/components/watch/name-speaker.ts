/** A form above a turn that asks who speaks. */
import { html, render } from "lit";

export interface NameActions {
  save: (name: string, everywhere: boolean) => void;
  close: () => void;
}

/** Opens below the heading of the turn; a member is known by the full name. */
export function askWhoSpeaks(heading: HTMLElement, now: string, actions: NameActions): void {
  const place = document.createElement("div");
  place.className = "cue-edit";
  const close = (): void => {
    place.remove();
    actions.close();
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    place.remove();
    actions.save(String(given.get("name") ?? "").trim(), given.get("everywhere") !== null);
  };
  const key = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  };
  render(
    html`<form class="pop" @submit=${submit} @keydown=${key}>
      <label class="sm muted" for="who-speaks">Who speaks here?</label>
      <input id="who-speaks" class="input" name="name" maxlength="79" autocomplete="off" .value=${now} />
      <p class="hint">A full name, as it is on the profile, links to the member.</p>
      <label class="row sm"><input type="checkbox" name="everywhere" checked /><span>Wherever this person speaks in the recording</span></label>
      <div class="row"><button class="btn btn-s">Save</button><button type="button" class="btn btn-bare btn-s" @click=${close}>Leave it</button></div>
    </form>`,
    place,
  );
  heading.after(place);
  const field = place.querySelector("input");
  field?.focus();
  field?.select();
}

/**
 * A form that is on its way says so on the button that sent it: `aria-busy`, its width kept, its words from
 * `data-busy="Signing in"`. A second press does nothing. htmx forms get their button back when the answer is there.
 */
const before = new WeakMap<HTMLElement, { words: string; width: string }>();

export function listenForBusyForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method === "dialog") return;
    const button = event.submitter;
    if (button?.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    if (button) makeBusy(button);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target as HTMLElement;
    for (const button of form.querySelectorAll<HTMLElement>('[aria-busy="true"].btn')) makeIdle(button);
  });
  // Coming back by the browser's Back button may show the page as it was left.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll<HTMLElement>('[aria-busy="true"].btn')) makeIdle(button);
  });
}

export function makeBusy(button: HTMLElement): void {
  if (before.has(button)) return;
  before.set(button, { words: button.innerHTML, width: button.style.minWidth });
  button.style.minWidth = `${button.offsetWidth}px`;
  button.setAttribute("aria-busy", "true");
  const words = button.dataset.busy;
  if (words) button.textContent = words;
}

export function makeIdle(button: HTMLElement): void {
  const was = before.get(button);
  button.removeAttribute("aria-busy");
  if (!was) return;
  before.delete(button);
  button.innerHTML = was.words;
  button.style.minWidth = was.width;
}

/**
 * Single keys that act when nobody is typing: `/` finds, `a` asks. They can be turned off, since a voice or an unsteady
 * hand presses them by chance (WCAG 2.2, 2.1.4): press `[data-single-keys]`.
 */
const KEPT = "td-single-keys";

export function singleKeysAreOn(): boolean {
  return localStorage.getItem(KEPT) !== "off";
}

/** Whether this press may act by itself. */
export function isSingleKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  return singleKeysAreOn() && !isTyping(event.target);
}

export function listenForShortcuts(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "a" || !isSingleKey(event) || !document.querySelector("td-palette")) return;
    event.preventDefault();
    const question = document.querySelector<HTMLElement>(".askfield textarea, .askbox input");
    if (question) question.focus();
    else location.assign("/ask/");
  });
  document.addEventListener("click", (event) => {
    const press = (event.target as Element).closest("[data-single-keys]");
    if (!press) return;
    localStorage.setItem(KEPT, singleKeysAreOn() ? "off" : "on");
    nameSingleKeys(document);
  });
}

/** `<button data-single-keys>Turn single keys <span data-next>off</span></button>` says what a press does. */
export function nameSingleKeys(root: ParentNode): void {
  for (const next of root.querySelectorAll("[data-single-keys] [data-next]"))
    next.textContent = singleKeysAreOn() ? "off" : "on";
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest(
        "input, textarea, select, [role='textbox'], [role='menu'], video, dialog[open], td-player, td-transcript",
      ) !== null)
  );
}

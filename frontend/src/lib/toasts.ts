/**
 * Toasts: ink, bottom left, six seconds, staying while hovered or focused. Messages of the server are in the page already;
 * an answer to htmx may send one as `HX-Trigger: {"toast": {"text": "Kept", "href": "/insights/7/", "action": "Open"}}`.
 * What went wrong is never a toast: it is a note beside the work, in `#trouble`, and stays.
 */
export interface Toast {
  text: string;
  href?: string;
  action?: string;
}
const STAYS_MS = 6000;

export function showToast({ text, href, action }: Toast): HTMLElement | undefined {
  const box = document.getElementById("toasts");
  if (!box) return undefined;
  const toast = document.createElement("div");
  toast.className = "toast";
  const words = document.createElement("span");
  words.className = "grow";
  words.textContent = text;
  toast.append(words);
  if (href) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = action ?? "Open";
    toast.append(link);
  }
  box.append(toast);
  leaveLater(toast);
  return toast;
}

export function leaveLater(toast: HTMLElement): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), STAYS_MS);
  };
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", start);
  start();
}

/** Says above the page what went wrong, that nothing was lost, and what to do. Empty words take it away. */
export function showTrouble(words: string): void {
  const note = document.getElementById("trouble");
  const text = note?.querySelector("[data-words]");
  if (!note || !text) return;
  note.hidden = words === "";
  text.textContent = words;
}

const TROUBLE: Record<number, string> = {
  0: "The server did not answer. What you wrote is still here; try again when you are connected.",
  401: "You have been signed out. What you wrote is still here: sign in again in another tab, then try once more.",
  403: "This is not yours to do, so nothing was changed.",
  404: "This is no longer there, so nothing was changed. Reload the page to see what is.",
  409: "Somebody else changed this in the meantime, so nothing was overwritten. Reload the page to see their version.",
  413: "This is larger than the server takes, so nothing was sent.",
  429: "That was a lot at once, so nothing was changed. Wait a minute, then try again.",
};
const SERVER_TROUBLE =
  "Something went wrong on the server, and nothing was changed. What you wrote is still here; try again in a moment.";

export function troubleOf(status: number): string {
  return TROUBLE[status] ?? SERVER_TROUBLE;
}

export function listenForToasts(): void {
  for (const toast of document.querySelectorAll<HTMLElement>("#toasts > .toast")) leaveLater(toast);
  document.addEventListener("toast", (event) => showToast((event as CustomEvent<Toast>).detail));
  document.addEventListener("htmx:responseError", (event) =>
    showTrouble(troubleOf((event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr.status)),
  );
  document.addEventListener("htmx:sendError", () => showTrouble(troubleOf(0)));
  document.addEventListener("htmx:beforeRequest", () => showTrouble(""));
}

/**
 * `<button command="show-modal" commandfor="ID">` opens a native dialog, and `command="close"` closes it, also in
 * browsers that do not yet have invoker commands. A press beside a dialog closes it unless it has `data-stay`.
 */
export function listenForDialogs(): void {
  const native = "commandForElement" in HTMLButtonElement.prototype;
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target instanceof HTMLDialogElement && target.open && target.dataset.stay === undefined) {
      if (isBeside(target, event)) target.close();
      return;
    }
    if (native) return;
    const button = target.closest<HTMLButtonElement>("button[commandfor]");
    const dialog = button && document.getElementById(button.getAttribute("commandfor") ?? "");
    if (!(dialog instanceof HTMLDialogElement)) return;
    if (button?.getAttribute("command") === "show-modal" && !dialog.open) dialog.showModal();
    if (button?.getAttribute("command") === "close") dialog.close();
  });
}

function isBeside(dialog: HTMLDialogElement, event: MouseEvent): boolean {
  // Enter in a field presses the form's button with a click at 0, 0: that is not beside anything.
  if (event.detail === 0) return false;
  const box = dialog.getBoundingClientRect();
  const inside = (at: number, from: number, to: number) => at >= from && at <= to;
  return !(inside(event.clientX, box.left, box.right) && inside(event.clientY, box.top, box.bottom));
}

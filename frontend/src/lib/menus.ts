/**
 * Menus are native popovers (`popovertarget`), so they open and close without script. This adds the arrow keys to
 * `role="menu"`, and stands a popover beside its button where the browser has no anchor positioning.
 */
const GAP = 6;

export function listenForMenus(): void {
  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target as HTMLElement;
      if (!menu.matches?.("[popover].menu") || event.newState !== "open") return;
      if (!CSS.supports("position-area", "bottom")) standBeside(menu);
      if (menu.matches('[role="menu"]')) items(menu)[0]?.focus();
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = (event.target as HTMLElement).closest?.<HTMLElement>('[role="menu"]');
    if (menu) moveIn(menu, event);
  });
}

function items(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]:not([disabled])')];
}

function moveIn(menu: HTMLElement, event: KeyboardEvent): void {
  const all = items(menu);
  const now = all.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  all.at(to % all.length)?.focus();
}

function standBeside(menu: HTMLElement): void {
  const button = document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + GAP + height <= innerHeight;
  menu.style.margin = "0";
  menu.style.inset = "auto";
  menu.style.top = `${Math.max(GAP, below ? at.bottom + GAP : at.top - GAP - height)}px`;
  menu.style.left = `${Math.min(Math.max(GAP, at.right - width), innerWidth - width - GAP)}px`;
}

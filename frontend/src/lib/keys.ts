/** The keys of shortcuts as they are called on this machine: `<kbd data-keys>Ctrl K</kbd>` reads ⌘ K on Apple's. */
export function nameKeys(root: ParentNode): void {
  if (!/Mac|iPhone|iPad/.test(navigator.userAgent)) return;
  for (const keys of root.querySelectorAll("kbd[data-keys]"))
    keys.textContent = keys.textContent?.replace("Ctrl", "⌘").replace("Alt", "⌥") ?? "";
}

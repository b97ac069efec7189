/**
 * Sets CSS variables that only the server knows, from `data-vars="--talk:62;--p:40%"`. A style attribute would be refused
 * by our Content-Security-Policy; a script may set the same through the object model.
 */
export function applyVariables(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-vars]")) set(element);
  if (root instanceof HTMLElement && root.dataset.vars !== undefined) set(root);
}

function set(element: HTMLElement): void {
  for (const pair of (element.dataset.vars ?? "").split(";")) {
    const [name, value] = pair.split(":", 2);
    if (name?.trim().startsWith("--") && value !== undefined)
      element.style.setProperty(name.trim(), value.trim());
  }
}

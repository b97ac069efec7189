/** Chooses the browser's own time zone in `select[data-time-zone]` that still stands at UTC; people can change it. */
export function suggestTimeZone(
  root: ParentNode,
  zone = Intl.DateTimeFormat().resolvedOptions().timeZone,
): void {
  for (const select of root.querySelectorAll<HTMLSelectElement>("select[data-time-zone]")) {
    if (select.value !== "UTC") continue;
    if ([...select.options].some((option) => option.value === zone)) select.value = zone;
  }
}

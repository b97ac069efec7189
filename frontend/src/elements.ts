/** Custom elements by the tags a page really has: `td-answer-editor` comes from `components/answer-editor.ts`. */
const files = {
  ...import.meta.glob(["./elements/*.ts", "!./elements/*.test.ts"]),
  ...import.meta.glob(["../../src/twodesks/*/components/*.ts", "!../../src/twodesks/*/components/*.test.ts"]),
};

export function tagOf(path: string): string {
  const name = path.split("/").at(-1) ?? path;
  return `td-${name.replace(/\.ts$/, "")}`;
}

const loaders = new Map(Object.entries(files).map(([path, load]) => [tagOf(path), load]));
const asked = new Set<string>();

/** Loads the definition of each of our elements under `root` that is not yet defined. */
export function defineElements(root: ParentNode): void {
  const waiting = [...root.querySelectorAll<HTMLElement>(":not(:defined)")];
  if (root instanceof HTMLElement && root.matches(":not(:defined)")) waiting.push(root);
  for (const element of waiting) {
    const tag = element.localName;
    const load = loaders.get(tag);
    if (!load || asked.has(tag)) continue;
    asked.add(tag);
    load().catch(() => {
      // A failed download may be tried again by the next part of the page that needs it.
      asked.delete(tag);
    });
  }
}

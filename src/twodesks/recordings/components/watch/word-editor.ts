/** A word that is being changed: a field in its place. */
export interface WordEditorActions {
  save: (text: string, then: "stay" | "next") => void;
  cancel: () => void;
}

export function editWord(word: HTMLElement, actions: WordEditorActions): void {
  const before = word.textContent ?? "";
  const field = document.createElement("input");
  field.className = "word-edit";
  field.value = before;
  field.size = Math.max(4, before.length + 1);
  field.maxLength = 400;
  field.setAttribute("aria-label", `Change the word ${before}`);
  field.spellcheck = true;
  let over = false;
  const finish = (does: () => void) => {
    if (over) return;
    over = true;
    field.replaceWith(word);
    does();
  };
  const save = (then: "stay" | "next") =>
    finish(() => (field.value.trim() === before ? actions.cancel() : actions.save(field.value.trim(), then)));
  field.addEventListener("input", () => {
    field.size = Math.max(4, field.value.length + 1);
  });
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") save("stay");
    else if (event.key === "Escape") finish(actions.cancel);
    else if (event.key === "Tab" && !event.shiftKey) save("next");
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", () => save("stay"));
  word.replaceWith(field);
  field.focus();
  field.select();
}

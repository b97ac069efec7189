/** Asks for a link's address in a native dialog; empty takes the link away. */
import type { Editor } from "@tiptap/core";

export function linkDialog(editor: Editor): void {
  const dialog = document.querySelector<HTMLDialogElement>("#link-dialog");
  const input = dialog?.querySelector("input");
  if (!dialog || !input) return;
  const before = String(editor.getAttributes("link").href ?? "");
  input.value = before;
  dialog.returnValue = "";
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue === "set") setLink(editor, input.value);
      else editor.commands.focus();
    },
    { once: true },
  );
  dialog.showModal();
  input.select();
}

export function setLink(editor: Editor, typed: string): void {
  const href = addressOf(typed);
  const chain = editor.chain().focus().extendMarkRange("link");
  if (!href) chain.unsetLink().run();
  else if (editor.state.selection.empty && !editor.isActive("link"))
    chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
  else chain.setLink({ href }).run();
}

/** `example.org/a` becomes an address; what has a scheme, or begins with / or #, is one. */
export function addressOf(typed: string): string {
  const text = typed.trim();
  if (!text || /^([a-z][a-z0-9+.-]*:|[/#])/i.test(text)) return text;
  return /^\S+@\S+\.\S+$/.test(text) ? `mailto:${text}` : `https://${text}`;
}

/** What can be put in: the one list behind the toolbar and the slash menu. */
import type { Editor } from "@tiptap/core";
import type { CalloutKind, ClipAttrs, SourceAttrs } from "./schema";

export interface PutIn {
  name: string;
  icon: string;
  hint?: string;
  words: string;
  run: (editor: Editor) => void;
}

/** What the page around the text does. */
export interface Around {
  chooseClip: () => void;
  choosePicture: () => void;
}

export function putIns(around: Around): PutIn[] {
  return [
    {
      name: "Clip",
      icon: "scissors",
      hint: "from a recording, with its words",
      words: "video recording",
      run: around.chooseClip,
    },
    {
      name: "Quote",
      icon: "message-square-quote",
      hint: "words of somebody else",
      words: "blockquote said",
      run: (editor) => editor.chain().focus().toggleBlockquote().run(),
    },
    {
      name: "Steps",
      icon: "list-ordered",
      words: "numbered list ordered",
      run: (editor) => editor.chain().focus().toggleOrderedList().run(),
    },
    {
      name: "Careful",
      icon: "triangle-alert",
      hint: "for what can hurt a person or a robot",
      words: "warning callout danger",
      run: (editor) => callout(editor, "careful"),
    },
    {
      name: "Question",
      icon: "circle-help",
      hint: "for the reader to think about",
      words: "ask callout",
      run: (editor) => callout(editor, "question"),
    },
    { name: "Note", icon: "info", words: "callout aside", run: (editor) => callout(editor, "note") },
    {
      name: "Heading",
      icon: "heading-2",
      words: "title section h2",
      run: (editor) => editor.chain().focus().toggleHeading({ level: 2 }).run(),
    },
    {
      name: "Small heading",
      icon: "heading-3",
      words: "title section h3",
      run: (editor) => editor.chain().focus().toggleHeading({ level: 3 }).run(),
    },
    {
      name: "List",
      icon: "list",
      words: "bullets points",
      run: (editor) => editor.chain().focus().toggleBulletList().run(),
    },
    { name: "Table", icon: "table", words: "rows columns", run: table },
    {
      name: "Code",
      icon: "code",
      words: "console program block",
      run: (editor) => editor.chain().focus().toggleCodeBlock().run(),
    },
    { name: "Picture", icon: "image", words: "image photo screenshot", run: around.choosePicture },
    {
      name: "Line",
      icon: "minus",
      words: "rule divider",
      run: (editor) => editor.chain().focus().setHorizontalRule().run(),
    },
  ];
}

export function matching(all: readonly PutIn[], typed: string): PutIn[] {
  const wanted = typed.toLowerCase();
  return all.filter((one) =>
    `${one.name} ${one.words}`
      .toLowerCase()
      .split(" ")
      .some((word) => word.startsWith(wanted)),
  );
}

export function callout(editor: Editor, kind: CalloutKind): void {
  if (editor.isActive("callout", { kind })) editor.chain().focus().lift("callout").run();
  else if (editor.isActive("callout")) editor.chain().focus().updateAttributes("callout", { kind }).run();
  else editor.chain().focus().wrapIn("callout", { kind }).run();
}

export function table(editor: Editor): void {
  editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run();
}

export function putClip(editor: Editor, attrs: ClipAttrs): void {
  editor
    .chain()
    .focus()
    .insertContent([{ type: "clip", attrs }, { type: "paragraph" }])
    .run();
}

export function putWords(editor: Editor, words: string, source: SourceAttrs): void {
  const content = [
    { type: "text", text: `${words} ` },
    { type: "source", attrs: source },
  ];
  editor
    .chain()
    .focus()
    .insertContent([{ type: "paragraph", content }])
    .run();
}

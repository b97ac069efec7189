import { getSchema } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markdownOf } from "./markdown";
import { extensions } from "./schema";

const schema = getSchema(extensions());
const markdown = markdownOf(schema);

/** Reading what was written gives the same document. */
function isStable(document: Node): void {
  const again = markdown.read(markdown.write(document));
  expect(again.toJSON(), markdown.write(document)).toEqual(document.toJSON());
}

const KITCHEN = `Park the robot ==on the **mat**==. [Amara, 0:27](recording:12#t=27,40 "source")

![clip: Cool it \\[first\\]](recording:12#t=12.5,40)

## Before you start

> [!careful]
> The motor is *hot*.
>
> Wait.

> [!said] [Hiroshi, 0:27](recording:12#t=27,40)
> Torque it.

1. Put the robot in \`service mode\`.
2. Read the ~~residual~~ yaw. [Amara, 0:30](recording:12#t=30,31 "source")
   - nested

| Mat | Residual |
| --- | --: |
| Flat \\| clean | 0.12° |

\`\`\`console
$ wrenctl calibrate
\`\`\`

![The mat](/insights/4/attachments/9)

See [the page](https://example.org/a?b=1 "why").\\
And on.

---

> Only quoted.`;

describe("Markdown of an insight", () => {
  it("is written as it was read", () => {
    expect(markdown.write(markdown.read(KITCHEN))).toBe(KITCHEN);
  });

  it("knows what is ours", () => {
    const kinds: string[] = [];
    markdown.read(KITCHEN).descendants((node) => {
      if (["clip", "source", "callout", "said"].includes(node.type.name))
        kinds.push(`${node.type.name} ${JSON.stringify(node.attrs)}`);
      return true;
    });
    expect(kinds).toEqual([
      'source {"recording":12,"fragment":"t=27,40","message":0,"label":"Amara, 0:27"}',
      'clip {"recording":12,"start":12500,"end":40000,"title":"Cool it [first]"}',
      'callout {"kind":"careful"}',
      'said {"href":"recording:12#t=27,40","label":"Hiroshi, 0:27"}',
      'source {"recording":12,"fragment":"t=30,31","message":0,"label":"Amara, 0:30"}',
    ]);
  });

  it("keeps the message that a block came from", () => {
    const text = 'Look in the log. [Owen, 14:02](message:7 "source")';
    expect(markdown.write(markdown.read(text))).toBe(text);
  });

  it("reads the other way to write a callout", () => {
    expect(markdown.write(markdown.read("::: note\nTen **minutes**.\n:::"))).toBe(
      "> [!note]\n> Ten **minutes**.",
    );
  });

  it.each([
    "1. not a list",
    "# no heading",
    "> no quote",
    "- no list",
    "1) no list",
    "::: careful",
    "a | b",
    "== x ==",
    "<b>no</b> &amp; <https://x.example>",
    "[!careful]",
    "~~~",
    "    four blanks",
    "*a* _b_ `c` [d](e) ![f](g) \\",
    "===",
    "+ plus",
    "\tTab",
  ])("keeps the words %s as words", (words) => {
    const document = schema.node("doc", null, [schema.node("paragraph", null, [schema.text(words)])]);
    expect(markdown.read(markdown.write(document)).textContent.trim()).toBe(words.trim());
    expect(markdown.read(markdown.write(document)).firstChild?.type.name).toBe("paragraph");
  });

  it("reads any text, and reads what it wrote of it as the same", () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        ..."* _ ` ~ = [ ] ( ) ! < > | # - + . : \\ & \n \n\n \t".split(" "),
        " ",
        "  \n",
        "\n    ",
        "\n- ",
        "\n1. ",
        "\n> ",
        "\n> [!careful]\n> ",
        "\n> [!said] [A](recording:1#t=1,2)\n> ",
        "\n::: note\n",
        "\n:::\n",
        "```",
        "\n| a | b |\n|---|---|\n| c | d |\n",
        "==a==",
        "**b**",
        "~~c~~",
        "*d*",
        "\n![clip: x](recording:1#t=1,2)\n",
        '[A, 0:01](recording:1#t=1,2 "source")',
        "https://a.example",
        "![p](/insights/1/attachments/2)",
        "word",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        // What cannot be said in Markdown may change once on its way in; from then on it stays.
        const once = markdown.read(markdown.write(markdown.read(pieces.join(""))));
        isStable(once);
      }),
      { numRuns: 1500 },
    );
  });
});

const words = fc.constantFrom(
  "a",
  "Cool it",
  "35 °C",
  "x*y",
  "[b]",
  "1. c",
  "#d",
  "_e_",
  "<f>",
  "g|h",
  "=",
  "😀",
  "mat. ",
);
const marks = fc.constantFrom("bold", "italic", "strike", "highlight", "code");
const inline = fc
  .array(fc.tuple(words, fc.option(marks)), { minLength: 1, maxLength: 4 })
  .map((runs) => runs.map(([text, name]) => schema.text(text.trim(), name ? [schema.mark(name)] : [])))
  .map((runs) => runs.flatMap((run, at) => (at ? [schema.text(" "), run] : [run])));
const paragraph = inline.map((runs) => schema.node("paragraph", null, runs));
const item = paragraph.map((one) => schema.node("listItem", null, [one]));
const cells = (kind: string) =>
  fc.array(paragraph, { minLength: 2, maxLength: 2 }).map((row) =>
    schema.node(
      "tableRow",
      null,
      row.map((one) => schema.node(kind, null, [one])),
    ),
  );
const block: fc.Arbitrary<Node> = fc.oneof(
  paragraph,
  inline.map((runs) => schema.node("heading", { level: 2 }, runs)),
  fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => schema.node("bulletList", null, items)),
  fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => schema.node("orderedList", null, items)),
  fc.tuple(cells("tableHeader"), cells("tableCell")).map((rows) => schema.node("table", null, rows)),
  fc
    .array(paragraph, { minLength: 1, maxLength: 2 })
    .map((inside) => schema.node("callout", { kind: "note" }, inside)),
  fc
    .array(paragraph, { minLength: 1, maxLength: 2 })
    .map((inside) => schema.node("blockquote", null, inside)),
  fc
    .array(paragraph, { minLength: 1, maxLength: 2 })
    .map((inside) => schema.node("said", { href: "recording:1#t=1,2", label: "Amara, 0:01" }, inside)),
  fc
    .constantFrom("a\n\n```\nb", "$ x | y", "")
    .map((code) => schema.node("codeBlock", { language: "console" }, code ? [schema.text(code)] : [])),
  words.map((title) => schema.node("clip", { recording: 3, start: 1000, end: 2500, title: title.trim() })),
);

describe("A document", () => {
  it("comes back from Markdown as it went", () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 5 }), (blocks) => {
        // Lists of one kind in a row are one list with a gap in Markdown's eyes unless something stands between.
        const apart = blocks.flatMap((one, at) =>
          at && one.type === blocks[at - 1]?.type ? [schema.node("horizontalRule"), one] : [one],
        );
        isStable(schema.node("doc", null, apart));
      }),
      { numRuns: 800 },
    );
  });
});

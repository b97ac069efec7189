// Elements live beside their app, in src/twodesks/*/components, and import packages by name. Node, Vite and TypeScript
// look for those in a node_modules above the importing file, so the repository's root points at ours.
import { existsSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";

const link = fileURLToPath(new URL("../../node_modules", import.meta.url));
if (!existsSync(link)) symlinkSync("frontend/node_modules", link, "dir");

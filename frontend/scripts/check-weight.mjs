// Fails when the first page of anybody's visit would weigh more than the bars of docs/frontend.md.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../../src/twodesks/static/dist/", import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}manifest.json`, "utf8"));
const bars = { script: 150_000, style: 60_000 };

function firstLoad(key, files = { script: new Set(), style: new Set() }) {
  const chunk = manifest[key];
  if (chunk.file.endsWith(".js")) files.script.add(chunk.file);
  if (chunk.file.endsWith(".css")) files.style.add(chunk.file);
  for (const style of chunk.css ?? []) files.style.add(style);
  for (const next of chunk.imports ?? []) firstLoad(next, files);
  return files;
}

const zipped = (file) => gzipSync(readFileSync(dist + file)).length;
const sum = (files) => [...files].reduce((total, file) => total + zipped(file), 0);
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

const first = firstLoad("src/main.ts");
for (const file of firstLoad("styles/app.css").style) first.style.add(file);
let over = false;
for (const [kind, bar] of Object.entries(bars)) {
  const weight = sum(first[kind]);
  over ||= weight > bar;
  console.log(
    `first page, ${kind}: ${kB(weight)} compressed, bar ${kB(bar)}${weight > bar ? " — over" : ""}`,
  );
}
const lazy = Object.values(manifest).filter((chunk) => chunk.isDynamicEntry);
for (const chunk of lazy) console.log(`  when needed, ${chunk.name}: ${kB(zipped(chunk.file))}`);
process.exit(over ? 1 : 0);

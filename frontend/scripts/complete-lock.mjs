/**
 * Adds to the lock file the optional packages for other platforms that a registry mirror may not have offered when it was
 * written; `npm ci` refuses a lock file without them. They are named exactly by their parents, and are only fetched on
 * their own platform. Run after `npm install` has changed package-lock.json.
 */
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));
const SYSTEMS = {
  android: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  win32: "win32",
  openharmony: "openharmony",
  wasm32: undefined,
};
let added = 0;

for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key] || !/^\d/.test(version)) continue;
    const words = name.split("/").at(-1).split("-");
    const os = words.map((word) => SYSTEMS[word]).find(Boolean);
    const cpu = words.find((word) =>
      ["arm64", "x64", "arm", "ia32", "ppc64", "s390x", "riscv64", "wasm32", "loong64"].includes(word),
    );
    const entry = { version, optional: true };
    if (parent.dev) entry.dev = true;
    if (cpu) entry.cpu = [cpu];
    if (os) entry.os = [os];
    if (words.includes("musl")) entry.libc = ["musl"];
    lock.packages[key] = entry;
    added += 1;
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} packages of other platforms added to the lock file\n`);

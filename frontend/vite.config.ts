import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vitest/config";

const here = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  root: here,
  base: "/static/dist/",
  // Whoever builds on the way to a first run looks for what went wrong only; scripts/check-weight.mjs tells the sizes.
  logLevel: "warn",
  plugins: [tailwindcss()],
  publicDir: false,
  resolve: { alias: { "~": `${here}src` } },
  build: {
    outDir: `${here}../src/twodesks/static/dist`,
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    target: "es2022",
    // Tokens are light-dark(), which these are the first to understand; anything older would double every colour.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    // The editor is fetched by those who write, on its own page.
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      input: { main: `${here}src/main.ts`, app: `${here}styles/app.css` },
      // htmx can evaluate what pages ask it to; ours ask for nothing of the kind, and their policy forbids it.
      checks: { eval: false },
    },
  },
  server: { port: 8269, strictPort: true, fs: { allow: [`${here}..`] } },
  test: {
    environment: "happy-dom",
    dir: `${here}..`,
    include: ["frontend/src/**/*.test.ts", "src/twodesks/*/components/**/*.test.ts"],
    restoreMocks: true,
  },
});

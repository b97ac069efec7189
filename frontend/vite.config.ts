import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vitest/config";

const here = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  root: here,
  base: "/static/dist/",
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
    rollupOptions: { input: { main: `${here}src/main.ts`, app: `${here}styles/app.css` } },
  },
  server: { port: 8269, strictPort: true, fs: { allow: [`${here}..`] } },
  test: {
    environment: "happy-dom",
    dir: `${here}..`,
    include: ["frontend/src/**/*.test.ts", "src/twodesks/*/components/**/*.test.ts"],
    restoreMocks: true,
  },
});

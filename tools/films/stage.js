// Shared by the films: every film is a function of time, so that a frame can be drawn at any moment.
const C = {
  ink: "#10191d", panel: "#16222a", line: "#2a3a41", faint: "#7d9096", text: "#e8ecea", soft: "#9fb2b8",
  coral: "#e8684a", teal: "#2f6f70", tealLight: "#6fd0c8", gold: "#f2bd3f", ok: "#8fc9a4",
  wall: "#c9cfcb", floor: "#a9b2ae", paper: "#f6f4ee",
};
const clamp = (x, a = 0, b = 1) => Math.min(b, Math.max(a, x));
const ease = (x) => { const y = clamp(x); return y * y * (3 - 2 * y); };
const part = (t, from, length) => clamp((t - from) / length);
const rect = (x, y, w, h, fill, more = "") => `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}" ${more}/>`;
const path = (d, stroke, width = 2, more = "") => `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}" ${more}/>`;
const words = (x, y, text, { size = 17, fill = C.text, mono = false, anchor = "start", weight = 400 } = {}) =>
  `<text x="${x}" y="${y}" xml:space="preserve" font-size="${size}" fill="${fill}" text-anchor="${anchor}" font-weight="${weight}" font-family="${mono ? "JetBrains Mono, DejaVu Sans Mono, monospace" : "Hanken Grotesk, DejaVu Sans, sans-serif"}">${String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;")}</text>`;
const group = (transform, inner) => `<g transform="${transform}">${inner}</g>`;

// Lines that appear at their second; a line that starts with "$ " is typed.
function terminal(x, y, lines, t, { size = 17, step = 28 } = {}) {
  return lines.filter(([at]) => t >= at).map(([at, text, fill], row) => {
    const shown = text.startsWith("$ ") ? text.slice(0, 2 + Math.floor((t - at) * 14)) : text;
    return words(x, y + row * step, shown, { size, mono: true, fill: fill || C.soft });
  }).join("");
}
const windowFrame = (title) =>
  rect(0, 0, 960, 540, C.ink) + rect(0, 0, 960, 38, "#1a262b") +
  [24, 45, 66].map((x) => `<circle cx="${x}" cy="19" r="6" fill="#3a4b52"/>`).join("") + words(96, 25, title, { size: 16, fill: C.soft });

// A number between 0 and 1 that is always the same for the same seed.
const noise = (seed) => { const s = Math.sin(seed * 127.1 + 11.7) * 43758.5453; return s - Math.floor(s); };

// The seconds at which a phrase of the script is said, by its share of its paragraph.
function saidAt(timing, phrase) {
  const index = timing.paragraphs.findIndex((p) => p.text.includes(phrase));
  if (index < 0) throw new Error(`nobody says: ${phrase}`);
  const p = timing.paragraphs[index];
  const end = timing.paragraphs[index + 1]?.start_s ?? timing.duration_s;
  return p.start_s + (end - p.start_s) * (p.text.indexOf(phrase) / p.text.length);
}
function sceneAt(timing, t) {
  let scene = 0;
  for (const p of timing.paragraphs) if (t >= p.start_s - 0.6) scene = p.scene;
  return scene;
}
const sceneStart = (timing, scene) => timing.paragraphs.find((p) => p.scene === scene).start_s;
window.show = (t) => { document.body.innerHTML = `<svg width="960" height="540" viewBox="0 0 960 540">${window.film(t, window.timing)}</svg>`; };

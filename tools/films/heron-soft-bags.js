// Heron and the soft bags: the vacuum curve, the arm above it.
const X = (s) => 110 + s * 300, Y = (kpa) => 470 - -kpa * 4.2;
function curve(wave, t, from, { seconds = 5, colour = C.tealLight, drop = null } = {}) {
  const shown = part(t, from, seconds) * 2.6;
  let d = "";
  for (let s = 0; s <= shown; s += 0.01) {
    let p = s < 0.33 ? -60 * ease(s / 0.33) : -60 + Math.max(0, Math.sin((s - 0.33) * 14)) * wave * clamp((s - 0.33) * 0.8);
    if (drop && s > drop) p = Math.min(0, -39 + (s - drop) * 240);
    d += `${d ? "L" : "M"}${X(s).toFixed(1)},${Y(p).toFixed(1)}`;
  }
  const axes = [0, -20, -40, -60].map((k) => path(`M110 ${Y(k)}H900`, k === -40 ? C.coral : C.line, k === -40 ? 2 : 1, k === -40 ? 'stroke-dasharray="9 7"' : "") + words(98, Y(k) + 6, k, { size: 15, fill: C.faint, anchor: "end" })).join("");
  return axes + (d ? path(d, colour, 4) : "") + words(110, 74, "vacuum, kPa", { size: 18, fill: C.soft });
}
function arm(bag, dust, frost) {
  return rect(0, 0, 960, 540, "#d8dcd8") + rect(0, 400, 960, 140, "#b3aa98") + path("M150 400V250L360 120L520 190", "#2c4a52", 46, 'stroke-linejoin="round" stroke-linecap="round"') + `<circle cx="150" cy="250" r="34" fill="#22343a"/><circle cx="360" cy="120" r="34" fill="#22343a"/>` + rect(500, 180, 40, 60, "#22343a") +
    `<path d="M486 240h68l14 34h-96z" fill="${frost ? "#b9d4e6" : C.coral}"/>` + (dust ? Array.from({ length: 26 }, (_, i) => `<circle cx="${474 + noise(i) * 94}" cy="${270 + noise(i + 40) * 10}" r="3" fill="#f4efe2"/>`).join("") : "") +
    (bag === null ? "" : `<path d="M430 ${bag}c40-14 140-14 180 0c16 40 20 70 0 92c-40 12-140 12-180 0c-20-22-16-52 0-92z" fill="#f1e4c3" stroke="#c9b98d" stroke-width="3"/>` + words(520, bag + 58, "rice 400 g", { size: 20, fill: "#8a7440", anchor: "middle" }));
}
const tag = (text) => rect(40, 40, 40 + text.length * 12.9, 52, C.paper, 'rx="10"') + words(60, 74, text, { size: 22, fill: C.ink, weight: 600 });
const SCENES = [
  (t, m) => { const look = saidAt(m, "Look at the vacuum curve"), soft = saidAt(m, "A soft bag breathes"); return t < look ? arm(278, false, false) + tag("only on Mondays, only the second pick") : windowFrame("heron-07 · vacuum · pick 1") + (t < soft ? curve(0, t, look) : curve(11, t, soft, { seconds: 3 })); },
  (t, m) => { const wave = saidAt(m, "With dust on the lip"), fall = saidAt(m, "It did not lose the bag"); if (t < wave) return arm(null, true, false) + tag("dust on the lip of the cup"); return t < fall ? windowFrame("heron-07 · vacuum · pick 2") + curve(26, t, wave, { colour: C.gold, drop: 1.8, seconds: 7 }) : arm(278 + ease(part(t, fall, 1)) * 118, true, false) + tag("it let go"); },
  (t, m) => arm(null, false, t < saidAt(m, "By ten o'clock")) + tag(t < saidAt(m, "By ten o'clock") ? "Monday 06:00   cups 8 °C" : "Monday 10:00   cups 19 °C"),
  (t, m) => windowFrame("heron-07") + terminal(60, 120, [[saidAt(m, "Wipe the cups"), "$ heronctl set blowoff --after 20 --duration 0.4s", C.text], [saidAt(m, "Wipe the cups") + 5, "blow-off on", C.ok], [saidAt(m, "On a cold morning"), "$ heronctl warmup 5m", C.text], [saidAt(m, "On a cold morning") + 4, "cups 8 °C → 17 °C", C.ok], [saidAt(m, "And only then"), "# pressure: last, and only if it still drops", C.gold]], t, { size: 22, step: 56 }),
];
window.film = (t, timing) => SCENES[sceneAt(timing, t)](t, timing);

// Reading the battery log: table, saw, step, flat line, who holds the pen.
const chart = (title, values, t, from, { colour = C.tealLight, seconds = 10 } = {}) => {
  const shown = Math.max(2, Math.floor(values.length * part(t, from, seconds)));
  const x = (i) => 90 + (i / (values.length - 1)) * 820, y = (v) => 480 - v * 3.8;
  const grid = [0, 25, 50, 75, 100].map((v) => path(`M90 ${y(v)}H910`, C.line, 1) + words(78, y(v) + 6, v, { size: 14, fill: C.faint, anchor: "end" })).join("");
  return words(90, 76, title, { size: 20 }) + grid + path("M" + values.slice(0, shown).map((v, i) => `${x(i)},${y(v)}`).join("L"), colour, 3.5);
};
const SAW = Array.from({ length: 160 }, (_, i) => { const k = i % 40; return (k < 32 ? 92 - k * 0.9 * 2 : 34.4 + (k - 31) * 7.2) + noise(i) * 1.4; });
const STEP = Array.from({ length: 160 }, (_, i) => (i < 70 ? 78 - i * 0.53 : i < 110 ? 22 - (i - 70) * 0.1 : 18 - (i - 110) * 0.16) + noise(i) * 1.2);
const FLAT = Array.from({ length: 160 }, (_, i) => (i < 60 ? 78 - i * 0.28 + noise(i) * 1.1 : 61));
const TRUE = Array.from({ length: 160 }, (_, i) => (i < 60 ? 78 - i * 0.28 : 61.2 - (i - 60) * 0.075) + noise(i + 50) * 1.1);
const COLUMNS = ["time", "robot", "fw", "volt", "charge", "cell_a", "cell_b", "current", "temp", "dock", "seq"];
function table(t, bright) {
  const rows = Array.from({ length: 13 }, (_, r) => {
    const s = r * 10, wave = noise(r + Math.floor(t / 3));
    return [`10:${14 + Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`, "0417", "3.2", (48.1 - r * 0.02).toFixed(1), (61.9 - r * 0.07).toFixed(1), "4.01", "4.02", (-11.2 - wave * 2).toFixed(1), "27", "-", 88410 + r];
  });
  return [COLUMNS, ...rows].map((row, r) => row.map((cell, c) => {
    const strong = bright && ["time", "charge", "current"].includes(COLUMNS[c]);
    return words(34 + c * 83, 92 + r * 32, cell, { size: 15, mono: true, fill: strong ? (r ? C.gold : C.text) : r ? (bright ? "#3f5058" : C.soft) : C.faint });
  }).join("")).join("");
}
const SESSIONS = [["48113", "notebook", "idle in transaction", "00:47:12"], ["48377", "batterylog", "waiting", "00:47:05"], ["48391", "orders", "active", "00:00:00.4"], ["48402", "console", "active", "00:00:00.1"], ["48404", "console", "active", "00:00:00.0"]];
function sessions(t, mark) {
  return [["pid", "user", "state", "open"], ...SESSIONS].map((row, r) => (mark && r === 1 ? rect(40, 148, 880, 44, "#4a2a20", 'rx="6"') : "") +
    row.map((cell, c) => words([60, 200, 400, 720][c], 128 + r * 50, cell, { size: 20, mono: true, fill: r ? (mark && r === 1 ? C.coral : C.soft) : C.faint })).join("")).join("");
}
const SCENES = [
  (t, m) => { const s = sceneStart(m, 0), login = saidAt(m, "I log in with"); return windowFrame("nadia@fleet: ~") + terminal(40, 96, [[s, "$ fleetlog battery wren-0417 --since 6h | tail -1", C.text], [s + 6, "10:39:50   61.0   -0.0   (no change for 47 min)", C.gold], [login, "$ psql fleet --role readonly", C.text], [login + 4, "fleet=> you cannot change anything here. Good.", C.ok]], t, { size: 19, step: 40 }); },
  (t, m) => t > saidAt(m, "A healthy shift looks") ? windowFrame("battery log · wren-0388 · one shift") + chart("charge, %", SAW, t, saidAt(m, "A healthy shift looks"), { seconds: 8 }) : windowFrame("battery log · wren-0417") + table(t, t > saidAt(m, "Time, charge, and current")),
  (t, m) => windowFrame("battery log · wren-0355") + chart("charge, %", STEP, t, sceneStart(m, 2), { seconds: 5 }) + (t > saidAt(m, "Do you see the step") ? `<circle cx="451" cy="330" r="72" fill="none" stroke="${C.coral}" stroke-width="5"/>` + words(540, 300, "40 → 22 in one minute", { size: 22, fill: C.coral }) : ""),
  (t, m) => {
    const ask = saidAt(m, "Ask the robot itself");
    return windowFrame("battery log · wren-0417 · this morning") + chart("charge, %", FLAT, t, sceneStart(m, 3), { seconds: 7, colour: C.gold }) +
      (t > ask ? path("M" + TRUE.slice(0, Math.max(2, Math.floor(160 * part(t, ask, 5)))).map((v, i) => `${90 + (i / 159) * 820},${480 - v * 3.8}`).join("L"), C.tealLight, 3) + words(890, 330, "the robot itself: 54, falling", { size: 19, fill: C.tealLight, anchor: "end" }) + words(890, 225, "the log: 61, flat", { size: 19, fill: C.gold, anchor: "end" }) : "");
  },
  (t, m) => t > saidAt(m, "they end it, and the line") ? windowFrame("battery log · wren-0417") + chart("charge, %", TRUE, t, saidAt(m, "they end it, and the line"), { seconds: 3 }) : windowFrame("who does what, sorted by open") + sessions(t, t > saidAt(m, "But this one has been open")),
  (t, m) => windowFrame("to remember") + [["A saw is healthy", SAW, C.tealLight], ["A step is an old battery", STEP, C.coral], ["A flat line is a late pen", FLAT, C.gold]].map(([w, v, c], r) => (t > saidAt(m, w) ? path("M" + v.map((y, i) => `${80 + i * 1.9},${175 + r * 145 - y}`).join("L"), c, 4) + words(430, 140 + r * 145, w, { size: 28, weight: 600 }) : "")).join(""),
];
window.film = (t, timing) => SCENES[sceneAt(timing, t)](t, timing);

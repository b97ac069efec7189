// Wren 3 calibration: a tablet with the scan, the service bay, the terminal, the lap.
const ROOM = [[-300, -170], [300, -170], [300, -40], [220, -40], [220, 60], [300, 60], [300, 170], [40, 170], [40, 110], [-60, 110], [-60, 170], [-300, 170], [-300, -170]];
function along(points, step) {
  const out = [];
  for (let i = 1; i < points.length; i++) {
    const [ax, ay] = points[i - 1], [bx, by] = points[i], n = Math.round(Math.hypot(bx - ax, by - ay) / step);
    for (let k = 0; k < n; k++) out.push([ax + ((bx - ax) * k) / n, ay + ((by - ay) * k) / n]);
  }
  return out;
}
function scan(cx, cy, scale, turn, fuzz, robot = [0, 0]) {
  const map = path("M" + ROOM.map(([x, y]) => `${x},${y}`).join("L"), "#5c6d73", 3);
  const dots = along(ROOM, 9).map(([x, y], i) => {
    const dx = (noise(i) - 0.5) * (3 + fuzz), dy = (noise(i + 900) - 0.5) * (3 + fuzz);
    return `<circle cx="${x + dx}" cy="${y + dy}" r="2.6" fill="${C.coral}"/>`;
  }).join("");
  return group(`translate(${cx} ${cy}) scale(${scale})`, map + group(`rotate(${turn} ${robot[0]} ${robot[1]})`, dots) +
    group(`translate(${robot[0]} ${robot[1]})`, `<rect x="-22" y="-15" width="44" height="30" rx="7" fill="${C.tealLight}"/><circle r="5" fill="${C.ink}"/>`));
}
const rack = (x) => path(`M${x} 45h105M${x} 150h105M${x} 255h105M${x} 30v320M${x + 105} 30v320`, "#8b6f52", 9) +
  rect(x + 14, 96, 40, 50, "#c49a6c") + rect(x + 60, 210, 36, 41, "#b88d60");
function bay(wheel, hand, extra = "") {
  return rect(0, 0, 960, 540, C.wall) + rect(0, 350, 960, 190, C.floor) + path("M0 350h960", "#939d99", 3) +
    [60, 225, 705, 870].map(rack).join("") + `<ellipse cx="495" cy="462" rx="300" ry="28" fill="#7f8985" opacity=".5"/>` +
    `<path d="M255 340c0-18 12-30 30-30h414c18 0 30 12 30 30v78c0 15-10 24-24 24H279c-14 0-24-9-24-24z" fill="${C.teal}"/>` +
    rect(255, 357, 474, 21, "#26595b") + rect(294, 270, 396, 40, "#e9ece8", 'rx="12"') + rect(450, 225, 84, 45, "#22343a", 'rx="14"') +
    rect(459, 237, 66, 11, C.tealLight, 'rx="5"') + `<circle cx="339" cy="436" r="40" fill="#1d2b30"/><circle cx="339" cy="436" r="16" fill="#7b8a8d"/>` +
    (wheel ? `<circle cx="645" cy="436" r="40" fill="#1d2b30"/><circle cx="645" cy="436" r="16" fill="#7b8a8d"/>`
      : `<circle cx="645" cy="436" r="40" fill="none" stroke="#1d2b30" stroke-width="4" stroke-dasharray="9 9"/><circle cx="645" cy="436" r="9" fill="${C.coral}"/>`) +
    `<path d="M786 490c0-57 21-93 60-93s69 30 78 93v50H786z" fill="#d9683c"/><circle cx="852" cy="360" r="37" fill="#8d5a3c"/><path d="M811 354c0-30 18-45 41-45s42 15 42 45z" fill="${C.gold}"/>` +
    path(`M795 450C756 453 ${hand[0] + 60} ${hand[1] + 2} ${hand[0] + 12} ${hand[1]}`, "#8d5a3c", 22, 'stroke-linecap="round"') + `<circle cx="${hand[0]}" cy="${hand[1]}" r="16" fill="#8d5a3c"/>` + extra;
}
const label = (x, y, text, fill = C.ink) => rect(x - 14, y - 27, 30 + text.length * 11.8, 40, C.paper, 'rx="8"') + words(x, y, text, { size: 20, fill, weight: 600 });

const SCENES = [
  (t, m) => {
    const turned = ease(part(t, saidAt(m, "slide off to one side"), 2)) * (1 - ease(part(t, saidAt(m, "If they are fuzzy"), 1.5)));
    const fuzzy = ease(part(t, saidAt(m, "If they are fuzzy"), 1.5));
    const note = fuzzy > 0.5 ? "fuzzy everywhere: dirt" : turned > 0.5 ? "turned" : "on the walls, in the corners too";
    const early = t < saidAt(m, "Before you touch anything");
    return early ? bay(false, [663, 438], label(60, 70, "wren-0417, Tilbury, service bay 2")) :
      windowFrame("tablet · wren-0417 · live scan") + scan(480, 285, 1.22, turned * 4, fuzzy * 26, [-120, 20]) + words(40, 524, note, { size: 20, fill: C.soft });
  },
  (t, m) => {
    const fan = saidAt(m, "A hair at the plate");
    if (t < fan) return bay(false, [663, 438], t > saidAt(m, "share one mounting plate") ? path("M645 400V300H492V262", C.coral, 6, 'stroke-dasharray="12 8"') + label(330, 205, "one plate: motor and lidar post") : "");
    if (t > saidAt(m, "The manual says")) return bay(true, [700, 420], label(60, 70, "2° after a wheel swap: do not send it back"));
    const grow = ease(part(t, fan, 5));
    return windowFrame("what two degrees are") + path("M90 210H900M90 390H900", "#5c6d73", 4) + path("M110 300H890", C.soft, 2, 'stroke-dasharray="10 8"') +
      path(`M110 300L${110 + 780 * grow} ${300 + 68 * grow}`, C.coral, 4) + `<rect x="70" y="278" width="64" height="44" rx="9" fill="${C.tealLight}"/>` +
      words(480, 190, "aisle 9, 20 m", { fill: C.faint, anchor: "middle" }) + (grow > 0.95 ? words(880, 345, "70 cm", { size: 24, fill: C.gold, anchor: "end", weight: 600 }) : "") + words(190, 290, "2°", { size: 20, fill: C.coral });
  },
  (t, m) => {
    const bolts = saidAt(m, "Then the three bolts");
    if (t < bolts) {
      const cooled = Math.max(34.2, 47 - part(t, sceneStart(m, 2), 22) * 13);
      const minutes = Math.min(10, Math.floor(part(t, sceneStart(m, 2), 22) * 10));
      return bay(true, [650, 405], label(60, 70, `motor ${cooled.toFixed(1)} °C   ${minutes} of 10 min`, cooled > 35 ? "#a33a1d" : "#1d6a45"));
    }
    const places = [[480, 150], [600, 350], [360, 350]], order = Math.floor(part(t, bolts, 9) * 3.01);
    const loose = t > saidAt(m, "About a quarter") && t < saidAt(m, "Now put the torque");
    return windowFrame("lidar mount, from above") + `<circle cx="480" cy="285" r="205" fill="#22343a" stroke="${C.line}" stroke-width="4"/><circle cx="480" cy="285" r="70" fill="${C.ink}" stroke="${C.tealLight}" stroke-width="5"/>` +
      path("M480 150L600 350L360 350Z", C.gold, 3, 'stroke-dasharray="8 8"') + places.map(([x, y], i) => `<circle cx="${x}" cy="${y}" r="27" fill="${i < order ? C.gold : "#5c6d73"}"/>` + words(x, y + 8, i + 1, { size: 24, fill: C.ink, anchor: "middle", weight: 700 })).join("") +
      (loose ? path("M320 372a44 44 0 0 0 62 16", C.coral, 6) + words(270, 420, "¼ turn", { size: 22, fill: C.coral, anchor: "middle" }) : "") + words(60, 490, "4.5 Nm, in a triangle", { size: 22, fill: C.soft });
  },
  (t, m) => {
    const start = sceneStart(m, 3), go = saidAt(m, "Then start the calibration"), turn = saidAt(m, "It will turn on the spot");
    const done = clamp((t - turn) / 32), blue = t > saidAt(m, "The lamp on top turns blue");
    const lines = [[start + 2, "$ wrenctl service on wren-0417", C.text], [start + 6, "service mode    on", C.ok], [go, "$ wrenctl calibrate lidar --target mat", C.text], [turn, `collecting   ${Math.floor(done * 240)} of 240`]];
    if (t > saidAt(m, "It notices")) lines.push([turn + 1, "4 scans thrown away (somebody walked by)", C.gold]);
    const angle = Math.sin(done * Math.PI * 4) * 150;
    return windowFrame("wren-0417 · lidar calibration") + terminal(30, 90, lines, t, { size: 16 }) + rect(560, 80, 370, 420, "#0c1417") + rect(600, 120, 290, 340, "#d8d4c6", 'rx="6"') + rect(742, 120, 7, 340, "#fff") +
      group(`translate(745 290) rotate(${angle})`, rect(-60, -85, 120, 170, C.teal, 'rx="18"') + `<circle r="26" fill="#22343a"/><circle cy="-66" r="7" fill="${blue ? "#6aa8ff" : "#fff"}"/>`);
  },
  (t, m) => {
    const second = saidAt(m, "The second one"), start = sceneStart(m, 4) - 0.7;
    const lines = t < second
      ? [[start, "$ wrenctl calibrate lidar --target mat", C.text], [start + 4, "target mat not found", C.coral], [start + 5, "white line: 31 % contrast, need 60 %"], [saidAt(m, "Wipe the line") + 3, "white line: 88 % contrast   ok", C.ok]]
      : [[second, "$ wrenctl connect wren-0417", C.text], [second + 3, "which site?   leeds-test / tilbury", C.gold], [saidAt(m, "Disconnect, choose"), "$ wrenctl connect wren-0417 --site tilbury", C.text], [saidAt(m, "Disconnect, choose") + 4, "connected", C.ok]];
    return windowFrame("wren-0417 · lidar calibration") + terminal(40, 100, lines, t, { size: 19, step: 36 });
  },
  (t, m) => {
    const start = sceneStart(m, 5) - 1.6, read = saidAt(m, "The second one is the residual"), zones = saidAt(m, "Below half a degree");
    const lines = [[start, "collecting     240 of 240"], [start + 1, "yaw offset     2.08°", C.gold], [read, "yaw residual   0.11°   ok", C.ok]];
    const x = (d) => 90 + d * 500;
    const bar = t < zones - 1 ? "" : rect(x(0), 330, 250, 46, C.ok) + rect(x(0.5), 330, 250, 46, C.gold) + rect(x(1), 330, 280, 46, C.coral) +
      [["done", 0.25], ["once more", 0.75], ["the mount", 1.28]].map(([w, d]) => words(x(d), 361, w, { size: 20, fill: C.ink, anchor: "middle", weight: 600 })).join("") +
      ["0°", "0.5°", "1°"].map((w, i) => words(x(i / 2), 408, w, { fill: C.soft, anchor: "middle" })).join("") + path(`M${x(0.11)} 318v-26`, C.text, 5) + words(x(0.11), 282, "0.11°", { fill: C.text, anchor: "middle" }) +
      (t > saidAt(m, "From three point two on") ? path(`M${x(0.3)} 318v72`, "#fff", 4, 'stroke-dasharray="7 5"') + words(x(0.3), 450, "0.3° from firmware 3.2", { fill: C.text, anchor: "middle" }) : "");
    return windowFrame("wren-0417 · lidar calibration") + terminal(90, 100, lines, t, { size: 21, step: 38 }) + bar;
  },
  (t, m) => {
    const handed = saidAt(m, "Then take it out");
    if (t > handed) return bay(true, [700, 400], label(60, 70, "service mode off: it is yours again", "#1d6a45"));
    const a = part(t, sceneStart(m, 6), handed - sceneStart(m, 6)) * Math.PI * 2;
    return windowFrame("tablet · wren-0417 · test lap") + scan(480, 285, 1.22, 0, 0, [Math.cos(a) * 150 - 30, Math.sin(a) * 75 - 40]);
  },
];
window.film = (t, timing) => SCENES[sceneAt(timing, t)](t, timing);

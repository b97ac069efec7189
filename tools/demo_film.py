"""Frames for the demo's films: each is drawn by a script in `films/` as a function of time, and photographed."""

import hashlib
import json
import os
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FILMS_FOLDER = Path(__file__).parent / "films"
FILMS = {path.stem for path in FILMS_FOLDER.glob("*.js")} - {"stage"}
FRAMES_A_SECOND = 3
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def draw_frames(key: str, timing: dict[str, object], folder: Path) -> Path:
    """Photograph the film, one picture for each change, and return ffmpeg's list of pictures with their lengths."""
    folder.mkdir(parents=True, exist_ok=True)
    duration = float(str(timing["duration_s"]))
    shots: list[tuple[str, int]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=CHROMIUM_ARGUMENTS
        )
        page = _open_film(browser.new_page(viewport={"width": 960, "height": 540}), key, timing)
        for number in range(int(duration * FRAMES_A_SECOND) + 1):
            drawing = page.evaluate("t => { show(t); return document.body.innerHTML }", number / FRAMES_A_SECOND)
            name = hashlib.sha256(drawing.encode()).hexdigest()[:20] + ".png"
            if shots and shots[-1][0] == name:
                shots[-1] = (name, shots[-1][1] + 1)
                continue
            if not (folder / name).exists():
                page.screenshot(path=folder / name)
            shots.append((name, 1))
        browser.close()
    listing = folder / "frames.txt"
    lines = [f"file '{folder / name}'\nduration {count / FRAMES_A_SECOND:.4f}" for name, count in shots]
    listing.write_text("\n".join([*lines, f"file '{folder / shots[-1][0]}'", ""]), "utf-8")
    return listing


def _open_film(page: Page, key: str, timing: dict[str, object]) -> Page:
    page.set_content("<style>body{margin:0;background:#10191d}svg{display:block}</style><body></body>")
    page.evaluate("timing => { window.timing = timing }", json.loads(json.dumps(timing)))
    page.add_script_tag(path=FILMS_FOLDER / "stage.js")
    page.add_script_tag(path=FILMS_FOLDER / f"{key}.js")
    return page

"""The pictures in the demo's conversations, drawn: `python tools/make_demo_pictures.py`.

`scan-against-map.webp`: what Wren's screen shows when its lidar is two degrees off. A warehouse from above, and the
distances that a scan from where the robot stands would measure there, turned by those two degrees.
"""

import math
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

PICTURES = Path(__file__).parent.parent / "src/twodesks/demo/pictures"
SIZE, FINER = (960, 560), 3  # drawn larger and made smaller, which smooths the edges
A_METRE = 44.0
OFF = math.radians(2.0)
PAPER, INK, FAINT, TEAL, CORAL = "#faf6ef", "#4a4540", "#d9d1c5", "#1f6f72", "#d9573b"

Box = tuple[float, float, float, float]
# Left, top, right, bottom in metres: three rows of racks on both sides of aisle 9, and the hall around them.
HALL: Box = (0.6, 0.6, 21.2, 12.1)
RACKS: list[Box] = [
    (3.6, 1.5, 19.6, 3.1),
    (3.6, 4.0, 19.6, 5.6),
    (3.6, 7.4, 19.6, 9.0),
    (3.6, 9.9, 19.6, 11.5),
]
ROBOT = (2.4, 6.5)
RAYS = 1_080
NOISE_M = 0.025


def main() -> None:
    picture = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), PAPER)
    draw = ImageDraw.Draw(picture)
    _map(draw)
    for x, y in _scan():
        _dot(draw, x, y, 0.055, CORAL)
    _robot(draw)
    _words(draw)
    PICTURES.mkdir(exist_ok=True)
    picture.resize(SIZE, Image.Resampling.LANCZOS).save(PICTURES / "scan-against-map.webp", quality=82, method=6)


def _scan() -> list[tuple[float, float]]:
    """Where the robot believes that it has seen something: each ray's first wall, turned about the robot."""
    chance = random.Random(9)  # noqa: S311 - the same picture each time
    seen = []
    for ray in range(RAYS):
        angle = 2 * math.pi * ray / RAYS
        far = min(_distance(angle, box) for box in [HALL, *RACKS]) + chance.gauss(0, NOISE_M)
        seen.append((ROBOT[0] + far * math.cos(angle + OFF), ROBOT[1] + far * math.sin(angle + OFF)))
    return seen


def _distance(angle: float, box: Box) -> float:
    """From the robot along a ray to the nearest side of a box; infinite where it passes."""
    (x, y), (dx, dy) = ROBOT, (math.cos(angle), math.sin(angle))
    left, top, right, bottom = box
    upright = [(side - x) / dx for side in (left, right) if abs(dx) > 1e-9]
    level = [(side - y) / dy for side in (top, bottom) if abs(dy) > 1e-9]
    hits = [at for at in upright if at > 0 and top <= y + at * dy <= bottom]
    hits += [at for at in level if at > 0 and left <= x + at * dx <= right]
    return min(hits, default=math.inf)


def _map(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle(_pixels(*HALL), outline=INK, width=3 * FINER)
    for rack in RACKS:
        draw.rectangle(_pixels(*rack), fill=FAINT, outline=INK, width=2 * FINER)
        left, top, right, bottom = rack
        for bay in range(1, 8):
            at = left + (right - left) * bay / 8
            draw.line(_pixels(at, top, at, bottom), fill="#c9c0b2", width=FINER)


def _robot(draw: ImageDraw.ImageDraw) -> None:
    x, y = ROBOT
    _dot(draw, x, y, 0.42, TEAL)
    nose = [(x + 0.26, y), (x - 0.1, y - 0.19), (x - 0.1, y + 0.19)]
    draw.polygon([(px * A_METRE * FINER, py * A_METRE * FINER) for px, py in nose], fill=PAPER)


def _words(draw: ImageDraw.ImageDraw) -> None:
    font = ImageFont.load_default(19 * FINER)
    for (x, y), text, colour in (
        ((10.4, 6.2), "Aisle 9", INK),
        ((4.0, 2.05), "Lines: the map", INK),
        ((4.0, 10.45), "Dots: the scan, turned by 2°", "#a83a24"),
    ):
        draw.text((x * A_METRE * FINER, y * A_METRE * FINER), text, font=font, fill=colour)


def _dot(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: str) -> None:
    draw.ellipse(_pixels(x - radius, y - radius, x + radius, y + radius), fill=colour)


def _pixels(left: float, top: float, right: float, bottom: float) -> Box:
    scale = A_METRE * FINER
    return left * scale, top * scale, right * scale, bottom * scale


if __name__ == "__main__":
    main()

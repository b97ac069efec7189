"""Makes the demo's recordings from their scripts: speech, then one audio file or one film each.

    python tools/make_demo_media.py say   BUILD_DIR             every script to BUILD_DIR/KEY.wav and KEY.json
    python tools/make_demo_media.py film  BUILD_DIR             scenes drawn by Chromium, encoded beside the scripts

`tools/README.md` says what to install. The result is in the repository; running Twodesks needs none of this.
"""

import argparse
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from demo_film import FILMS, draw_frames
from demo_voice import SAMPLE_RATE, Samples, Speaker, Voice

RECORDINGS = Path(__file__).parent.parent / "src/twodesks/demo/recordings"
PARAGRAPH_PAUSE_S, SCENE_PAUSE_S, TURN_PAUSE_S = 0.75, 1.5, 0.45
LOUDNESS_RMS = 0.09

VOICES = {
    "Amara": Voice(name="bf_emma", speed=1.0),
    "Bartholomew": Voice(name="bm_lewis", speed=1.02),
    "Daniyar": Voice(name="bm_fable", speed=1.02),
    "Hiroshi": Voice(name="am_michael", speed=0.97),
    "Kwame": Voice(name="bm_daniel", speed=0.98),
    "Nadia": Voice(name="bf_isabella", speed=1.02),
    "Siobhán": Voice(name="bf_lily", speed=1.0),
    "Tomasz": Voice(name="bm_george", speed=1.05),
}

# Written as it should be heard: words that the phonemes would get wrong.
HEARD_AS = {
    "Mei-Ling": "May Ling",
    "Daniyar": "Dannyar",
    "Tilbury": "Til-bry",
    "live aisle": "lyve aisle",
    "Siobhán": "Shivawn",
}


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    scene: int
    speaker: str
    text: str


def read_script(path: Path) -> tuple[list[str], list[Paragraph]]:
    scenes: list[str] = []
    paragraphs: list[Paragraph] = []
    for block in path.read_text("utf-8").split("\n\n")[1:]:
        block = block.strip()
        if block.startswith("## "):
            scenes.append(block[3:])
        elif block:
            speaker, text = re.split(r":\s+", block, maxsplit=1)
            paragraphs.append(Paragraph(scene=len(scenes) - 1, speaker=speaker, text=text))
    return scenes, paragraphs


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


def spoken(speaker: Speaker, paragraph: Paragraph) -> Samples:
    voice = VOICES[paragraph.speaker]
    text = paragraph.text
    for written, heard in HEARD_AS.items():
        text = text.replace(written, heard)
    samples = speaker.say(text, voice)
    loudness = float(np.sqrt(np.mean(samples**2)))
    return np.asarray(samples * (LOUDNESS_RMS / loudness), np.float32)


def pause_before(paragraph: Paragraph, previous: Paragraph | None) -> float:
    if previous is None:
        return 0.5
    if previous.scene != paragraph.scene:
        return SCENE_PAUSE_S
    return PARAGRAPH_PAUSE_S if previous.speaker == paragraph.speaker else TURN_PAUSE_S


def say(speaker: Speaker, script: Path, build: Path) -> None:
    """KEY.wav, and KEY.json: when each scene and each paragraph starts, which the films follow."""
    scenes, paragraphs = read_script(script)
    parts: list[Samples] = []
    starts: list[dict[str, object]] = []
    length, previous = 0, None
    for paragraph in paragraphs:
        parts += [silence(pause_before(paragraph, previous)), spoken(speaker, paragraph)]
        start = length + len(parts[-2])
        starts.append({"scene": paragraph.scene, "start_s": start / SAMPLE_RATE, "text": paragraph.text})
        length = start + len(parts[-1])
        previous = paragraph
    parts.append(silence(0.6))
    samples = np.clip(np.concatenate(parts), -0.97, 0.97)
    key = script.name.removesuffix(".script.md")
    soundfile.write(build / f"{key}.wav", samples, SAMPLE_RATE)
    timing = {"scenes": scenes, "paragraphs": starts, "duration_s": len(samples) / SAMPLE_RATE}
    (build / f"{key}.json").write_text(json.dumps(timing, indent=1, ensure_ascii=False), "utf-8")
    sys.stdout.write(f"{key}: {timing['duration_s']:.0f} s\n")


AUDIO = ["-c:a", "libopus", "-b:a", "20k", "-ac", "1", "-application", "voip", "-frame_duration", "60", "-vbr", "on"]
VIDEO = ["-c:v", "libvpx-vp9", "-crf", "40", "-b:v", "0", "-g", "80", "-row-mt", "1", "-cpu-used", "2"]


def encode(build: Path, key: str) -> None:
    sound = ["-i", str(build / f"{key}.wav")]
    ffmpeg = ["ffmpeg", "-v", "error", "-y"]
    if key not in FILMS:
        target = RECORDINGS / f"{key}.webm"
        subprocess.run([*ffmpeg, *sound, *AUDIO, "-map_metadata", "-1", str(target)], check=True)
    else:
        target = RECORDINGS / f"{key}.webm"
        frames = draw_frames(key, json.loads((build / f"{key}.json").read_text("utf-8")), build / key)
        pictures = ["-f", "concat", "-safe", "0", "-i", str(frames)]
        drawn = ["-vf", "fps=8,format=yuv420p", *VIDEO, *AUDIO, "-shortest"]
        subprocess.run([*ffmpeg, *pictures, *sound, *drawn, "-map_metadata", "-1", str(target)], check=True)
    sys.stdout.write(f"{target.name}: {target.stat().st_size / 1024:.0f} KiB\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["say", "film"])
    parser.add_argument("build", type=Path)
    parser.add_argument("--voice-model", type=Path, help="folder with kokoro-int8.onnx, vocab.json, voices/")
    parser.add_argument("--only", action="append", help="a recording's key")
    chosen = parser.parse_args()
    chosen.build = chosen.build.resolve()
    scripts = sorted(RECORDINGS.glob("*.script.md"))
    keys = [script.name.removesuffix(".script.md") for script in scripts]
    if chosen.step == "film":
        for key in chosen.only or keys:
            encode(chosen.build, key)
        return
    speaker = Speaker(
        model=chosen.voice_model / "kokoro-int8.onnx",
        vocabulary=chosen.voice_model / "vocab.json",
        voices=chosen.voice_model / "voices",
        memory=chosen.build / "sentences",
    )
    for key in chosen.only or keys:
        say(speaker, RECORDINGS / f"{key}.script.md", chosen.build)


if __name__ == "__main__":
    main()

"""Learn the weights that routing ships with.

    .venv/bin/python -m bench.train_routing

Reads the first 80 % of the Stack Exchange dumps and of the chat logs in `../shared/data`, in order of time, and writes
`src/twodesks/language/data/expertise.json`. All of it is small, and much of it is talk about a site itself, where what
a question is about matters less than it does in a team: so the weights are held near the ones below, which were set by
hand and say that activity and likeness count about the same.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from bench.chat_questions import read_chat
from bench.communities import DATA, read_community
from bench.routing_examples import examples
from twodesks.language.expertise import SIGNALS, fit

BY_HAND: Mapping[str, float] = {
    "present": 0.1, "now": 0.15, "lately": 0.4, "often": 0.1, "accepted": 0.1, "words": 0.15, "meaning": 0.25,
    "both": 0.2, "wording": 0.1, "topics": 0.25, "topics_lately": 0.25, "quiet": 0.2,
}  # fmt: skip
HOLD = 3_000.0
# Chat has no accepted answers and no topics: a taste of it, so that it does not outweigh the boards.
CHAT_EVERY = 25
WEIGHTS = Path(__file__).parents[1] / "src/twodesks/language/data/expertise.json"


def main() -> None:
    learned = []
    counts = {}
    for folder in sorted(path.parent for path in DATA.glob("stackexchange/*/Posts.xml")):
        found = examples(read_community(folder), BY_HAND)
        counts[folder.name] = len(found)
        learned += found
    found = examples(read_chat(DATA / "irc"), BY_HAND, every=CHAT_EVERY)
    counts["ubuntu-irc"] = len(found)
    weights = fit(learned + found, BY_HAND, hold=HOLD)
    card = {
        "what": "Weights of the signals of twodesks.language.expertise, by which members are ranked for a question.",
        "made_by": "bench/train_routing.py",
        "learned_from": counts,
        "held_near": dict(BY_HAND),
        "hold": HOLD,
        "data": "First 80 % in time of the Stack Exchange dumps bicycles-meta and constructed-languages (CC BY-SA, "
        "Stack Exchange contributors) and of the Ubuntu IRC logs of Kummerfeld et al. 2019 (CC BY 4.0)",
        "how_good": "docs/routing.md and bench/results/routing.json",
        "licence": "Apache-2.0; numbers only, no text of the data is kept",
        "weights": {name: weights[name] for name in SIGNALS},
    }
    WEIGHTS.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card["weights"]), counts)


if __name__ == "__main__":
    main()

"""Similar questions: are those that people linked among the first?

    make bench-similar
    .venv/bin/python -m bench.bench_similar DIR…      other Stack Exchange dumps; or STACKEXCHANGE=DIR:DIR make …

Each question with a link (related or duplicate) to an earlier one is asked again as of when it was asked, with title
and body, and with its title alone, as while somebody types it. Links and the titles of linked questions are taken out
of the texts first. `fused` uses the weights that ship; `fused, others` ones learned on the other dumps alone, where
there are others.
"""

from bench.communities import folders, read_community
from bench.similar_replay import MODES, Case, cases, score
from bench.speech_data import keep, show
from bench.train_similar import learn
from twodesks.language.similar import WEIGHTS, Values, fused, scaled

ALONE = {
    "words alone": "words", "words alone, whole threads": "thread",
    "embeddings alone": "meaning", "embeddings alone, titles": "titles",
}  # fmt: skip


def main() -> None:
    found = {folder.name: cases(read_community(folder)) for folder in folders()}
    results: dict[str, object] = {"weights": dict(WEIGHTS)}
    pooled: dict[str, list[Case]] = {mode: [case for modes in found.values() for case in modes[mode]] for mode in MODES}
    for name, modes in [*found.items(), ("all", pooled)]:
        others = [listed for other, sets in found.items() if other != name for listed in sets.values() if listed]
        told = {mode: measure(modes[mode], learn(others) if others and name != "all" else None) for mode in MODES}
        results[name] = {"asked": len(modes[MODES[0]])} | told
        rows = [
            (ranking, *(round(figure, 3) for mode in MODES for figure in told[mode][ranking].values()))
            for ranking in told[MODES[0]]
        ]
        columns = ["ranking", *(f"{mode} {figure}" for mode in MODES for figure in ("MRR", "recall@5"))]
        show(f"{name}: {len(modes[MODES[0]])} questions", columns, rows)
    keep("similar", results)


def measure(asked: list[Case], others: dict[str, float] | None) -> dict[str, dict[str, float]]:
    rankings: dict[str, list[Values]] = {
        name: [case.evidence[evidence] for case in asked] for name, evidence in ALONE.items()
    }
    known = [{name: scaled(values) for name, values in case.evidence.items()} for case in asked]
    rankings["fused"] = [fused(evidence, WEIGHTS) for evidence in known]
    if others is not None:
        rankings["fused, weights from the other dumps"] = [fused(evidence, others) for evidence in known]
    told = {}
    for name, ranked in rankings.items():
        mrr, recall = score(asked, ranked)
        told[name] = {"mrr": round(mrr, 4), "recall_at_5": round(recall, 4)}
    return told


if __name__ == "__main__":
    main()

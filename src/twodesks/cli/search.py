"""`twodesks search`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from twodesks.cli.members import acting_member
from twodesks.kit.problem import Invalid
from twodesks.kit.timecode import clock
from twodesks.search.queries import Hit, SearchResult, search

app = typer.Typer()


@app.command("search")
def find(
    query: Annotated[str, typer.Argument(help="What to look for.")] = "",
    as_: Annotated[str, typer.Option("--as", help="Whose eyes to look with, by e-mail address.")] = "",
    queries: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help='JSON Lines of {"id", "text"}: many at once.')
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
) -> None:
    """Find insights, recordings and courses, as one member would."""
    actor = acting_member(as_)
    if queries is not None:
        for number, text in _questions(queries):
            _print_json({"id": number, "hits": _hits(search(actor, text, limit=limit))})
        return
    if not query.strip():
        raise Invalid("Say what to look for: twodesks search 'how do I …' --as you@example.org")
    result = search(actor, query, limit=limit)
    if as_json:
        _print_json({"text": query, "took_ms": result.took_ms, "hits": _hits(result)})
    else:
        _print_hits(result)


def _questions(path: Path) -> Iterator[tuple[Any, str]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                told = json.loads(line)
                yield told["id"], str(told["text"])
            except (ValueError, KeyError, TypeError):
                raise Invalid(f'Line {number} of {path.name} is not an object with "id" and "text".') from None


def _hits(result: SearchResult) -> list[dict[str, Any]]:
    return [_hit(hit) for hit in result.hits]


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.kind,
        "key": hit.key,
        "title": hit.title,
        "passage": hit.passage,
        "score": hit.score,
        "start_ms": hit.start_ms,
        "url": hit.moments[0].url if hit.moments else hit.url,
    }


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _print_hits(result: SearchResult) -> None:
    console = Console()
    if not result.hits:
        console.print("Nothing here says that yet. Try fewer or plainer words.")
    for hit in result.hits:
        console.print(Text.assemble((hit.title, "bold"), f"  {hit.kind}", style=""))
        for moment in hit.moments:
            place = clock(moment.start_ms) if moment.start_ms is not None else moment.place
            words = [(part.text, "reverse" if part.is_marked else "") for part in moment.excerpt.parts]
            console.print(Text.assemble((f"{place:>8}  ", "dim"), *words))
    console.print(f"{result.took_ms:.0f} ms", style="dim")

"""How far embedding has come."""

from dataclasses import dataclass

from twodesks.search.models import EmbeddingModel, Passage, PassageVector


@dataclass(frozen=True, slots=True)
class EmbeddingProgress:
    """`model` is the one being filled, or in use when all is done; empty before there is any."""

    model: str
    passages: int
    waiting: int
    is_changing_model: bool

    @property
    def done(self) -> int:
        return max(0, self.passages - self.waiting)


def embedding_progress() -> EmbeddingProgress:
    """Counts only, of everything: for administrators and commands, never for a page that members see."""
    models = list(EmbeddingModel.objects.filter(retired_at=None).order_by("added_at"))
    passages = Passage.objects.count()
    if not models:
        return EmbeddingProgress("", passages, passages, is_changing_model=False)
    waiting = PassageVector.objects.filter(model=models[-1], vector=None).count()
    return EmbeddingProgress(models[-1].identifier, passages, waiting, is_changing_model=len(models) > 1)

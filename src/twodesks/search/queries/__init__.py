"""Reads: search itself, suggestions while typing, and how far indexing has come."""

from twodesks.search.queries.progress import EmbeddingProgress, embedding_progress
from twodesks.search.queries.results import KINDS, Hit, Moment, SearchResult, search, shares_words
from twodesks.search.queries.suggestions import Suggestions, channels_called, people_called, suggest

__all__ = [
    "KINDS",
    "EmbeddingProgress",
    "Hit",
    "Moment",
    "SearchResult",
    "Suggestions",
    "channels_called",
    "embedding_progress",
    "people_called",
    "search",
    "shares_words",
    "suggest",
]

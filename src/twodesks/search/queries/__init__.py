"""Reads: search itself, suggestions while typing, and how far indexing has come."""

from twodesks.search.queries.progress import EmbeddingProgress, embedding_progress
from twodesks.search.queries.results import Hit, Moment, SearchResult, search

__all__ = ["EmbeddingProgress", "Hit", "Moment", "SearchResult", "embedding_progress", "search"]

"""Reads about imports: how each stands, and what an export would bring."""

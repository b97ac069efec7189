"""Reads about what is worth keeping and what was kept."""

from twodesks.capture.queries.kept import Updates, Went, came_from, possible_updates, where_it_went
from twodesks.capture.queries.worth import Offer, offer_on, offers_for, worth_list

__all__ = [
    "Offer",
    "Updates",
    "Went",
    "came_from",
    "offer_on",
    "offers_for",
    "possible_updates",
    "where_it_went",
    "worth_list",
]

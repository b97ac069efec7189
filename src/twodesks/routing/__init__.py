"""Routing: what answers a question already, who is likely to know, and where to ask."""

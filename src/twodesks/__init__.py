"""Twodesks: a team's everyday answers become a living library of short courses."""

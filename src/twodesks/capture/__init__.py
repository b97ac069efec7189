"""Capture: which conversations are worth keeping, and insights made of them."""

"""Forecast whether osteoporosis (T-score at or below -2.5) can be reversed to osteopenia."""

__version__ = "0.1.0.dev0"

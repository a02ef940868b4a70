"""Planned routes: one trench for several owners."""

"""Geometry in: one road for every layer and format."""

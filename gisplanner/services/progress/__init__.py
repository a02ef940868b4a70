"""Stages, gates, deadlines, weekly papers."""

"""Reads layers, utilities and profiles from their files into records and reports all faults at once."""

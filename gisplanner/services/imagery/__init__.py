"""Imagery under the maps: orthophotos in, and the part of them a map page carries."""

"""Folium maps as one self-contained file: drawn from data handed in, never from a query or a network."""

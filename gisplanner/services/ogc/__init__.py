"""OGC API: collections, items, queries."""

"""Algorithms: GeoDataFrames in one metric CRS or plain arrays in, results out; no database, no web."""

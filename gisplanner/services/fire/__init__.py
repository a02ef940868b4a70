"""Fire lanes of a file or a district."""

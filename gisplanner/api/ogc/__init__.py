"""OGC API: Features 1–3 and Tiles over the layers of all districts."""

"""Files in and out: printed annex, GeoPackage, Shapefile, GeoJSON, GeoParquet, OpenStreetMap."""

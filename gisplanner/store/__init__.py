"""PostGIS: the private cluster, migrations, and named queries from ``sql/queries``."""

"""One file per command group; each registers its commands when ``cli.main`` imports it."""

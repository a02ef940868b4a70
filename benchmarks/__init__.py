"""Side-by-side runs against peers and floors; never part of the test run. ``python -m benchmarks [NAME …]``."""

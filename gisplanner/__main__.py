"""``python -m gisplanner`` is ``gisplanner``."""

from gisplanner.cli.main import main

if __name__ == "__main__":
    main()

"""``python -m gisplanner.planning.warm_up``: compile the search kernels once, at set-up, instead of at first use."""

from __future__ import annotations

from gisplanner.planning.bundling import solve as bundling
from gisplanner.planning.fire import warm_up as fire
from gisplanner.planning.pipes.steiner import search as steiner

if __name__ == "__main__":
    bundling.warm_up()
    fire.warm_up()
    steiner.warm_up()

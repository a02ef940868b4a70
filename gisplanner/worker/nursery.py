"""Loaded once by the process that children are forked from: the whole program, and that it ends with its worker."""

from __future__ import annotations

import os
import signal

import gisplanner.worker.child  # noqa: F401 - what children need is loaded here
from gisplanner.worker.limits import NURSERY_OF, end_with_parent

# Whoever else imports this is left alone.
if os.environ.get(NURSERY_OF) == str(os.getppid()):
    end_with_parent(os.getppid(), signal.SIGKILL)

"""Limits of a child: memory, processor time, file size; and that it ends with its parent."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from dataclasses import dataclass
from typing import Final

NURSERY_OF: Final = "GISPLANNER_NURSERY_OF"
"""Set by a worker to its own number before it starts the process that its children are forked from."""

_PR_SET_PDEATHSIG: Final = 1
_MAX_OPEN_FILES: Final = 512
_MAPPED_BYTES: Final = 4 << 30
"""Room for libraries, caches and stacks, which take addresses but little memory."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take.

    Attributes
    ----------
    memory_bytes
        Memory of its own.
    seconds
        Wall-clock time; of processor time twice as much, for it may use both cores.
    file_bytes
        Largest file it may write.
    """

    memory_bytes: int = 2 << 30
    seconds: int = 1800
    file_bytes: int = 2 << 30


def end_with_parent(parent: int, how: signal.Signals) -> None:
    """Have this process told by ``how`` when its parent ends, whatever ended it."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(how)) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        os.kill(os.getpid(), how)


def set_limits(limits: Limits) -> None:
    """Bind this process; the kernel holds it to them."""
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory_bytes, limits.memory_bytes))
    mapped = limits.memory_bytes + _MAPPED_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (mapped, mapped))
    resource.setrlimit(resource.RLIMIT_CPU, (2 * limits.seconds, 2 * limits.seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = _MAX_OPEN_FILES if most == resource.RLIM_INFINITY else min(_MAX_OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    os.nice(5)

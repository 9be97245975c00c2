"""Do a piece of work in a process of its own, which ends when it takes too long or too much memory."""

from __future__ import annotations

import multiprocessing
import os
import resource
import traceback
from collections.abc import Callable
from typing import Any

MEMORY = 10 << 30
"""Bytes of address space that a piece of work may take beyond what its parent has."""


def limited(work: Callable[..., Any], *args: Any, seconds: float) -> Any:
    """Return what the work returns, or a text that says why it returns nothing.

    The process is forked, so that what is imported here is imported there; the work returns what can be pickled.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, work, args))
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            return f"took more than {seconds:.0f} s"
        return ours.recv()
    except EOFError:
        process.join(5)
        return f"the process ended with {process.exitcode}"
    finally:
        process.kill()
        process.join()
        ours.close()


def _answer(pipe: Any, work: Callable[..., Any], args: tuple[Any, ...]) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    try:
        pipe.send(work(*args))
    except MemoryError:
        pipe.send(f"took more than {MEMORY >> 30} GiB")
    except Exception as error:  # Whatever went wrong is what became of the work.
        place = traceback.extract_tb(error.__traceback__)[-1]
        pipe.send(f"DEFECT {type(error).__name__}: {error} ({os.path.basename(place.filename)}:{place.lineno})"[:300])
    pipe.close()
    os._exit(0)

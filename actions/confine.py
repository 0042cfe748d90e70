"""The limits of a child process that touches what strangers sent. Imports next to nothing: the child pays for it."""

import contextlib
import ctypes
import os
import resource
import signal

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 600

PR_SET_PDEATHSIG = 1


def confine(parent: int) -> None:
    """Caps the child: memory for all, processor time so that a stuck decoder ends.

    It never outlives its parent, and leaves Ctrl-C of the terminal to it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):  # Linux only; elsewhere the child ends with its pipe
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died while this process was starting, before it could be followed
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

"""The command `scanstation` without its imports: a process that has loaded it once and forks for every command.

    python tests/tool_server.py SOCKET MODULE...

Whoever calls the command (`tests/tool.py`) sends its words, folder, environment and the three standard files; a fork
of this process runs them as the real command would, with a process number, files and locks of its own.  Its exit is
the caller's exit; a caller that is gone takes its command with it.
"""

import array
import atexit
import gc
import json
import os
import selectors
import signal
import socket
import sys
import threading
import time
import traceback
from importlib import import_module
from typing import Any, NoReturn


def main(path: str, modules: list[str]) -> NoReturn:
    """Load the modules, then serve until standard input ends."""
    for module in modules:
        import_module(module)
    gc.collect()
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(64)
    waiting = selectors.DefaultSelector()
    waiting.register(listener, selectors.EVENT_READ, None)
    waiting.register(sys.stdin, selectors.EVENT_READ, None)
    print("ready", flush=True)
    while True:
        for key, _ in waiting.select():
            if key.fileobj is sys.stdin:
                os._exit(0)
            if key.fileobj is listener:
                take(listener.accept()[0], waiting)
            else:
                end(key, waiting)


def take(caller: socket.socket, waiting: selectors.BaseSelector) -> None:
    """Fork for a caller, and watch both of them."""
    asked, files = receive(caller)
    pid = os.fork()
    if pid == 0:
        run(asked, files)
    for file in files:
        os.close(file)
    caller.sendall(b"%d\n" % pid)
    process = os.pidfd_open(pid)
    waiting.register(process, selectors.EVENT_READ, (pid, process, caller))
    waiting.register(caller, selectors.EVENT_READ, (pid, process, caller))


def receive(caller: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """What a caller asks for, and its three files."""
    data, ancillary, _, _ = caller.recvmsg(65_536, socket.CMSG_SPACE(3 * 4))
    while not data.endswith(b"\n"):
        data += caller.recv(65_536)
    files = array.array("i")
    for _, _, part in ancillary:
        files.frombytes(part)
    return json.loads(data), list(files)


def end(key: selectors.SelectorKey, waiting: selectors.BaseSelector) -> None:
    """A command has ended: tell its caller.  A caller has gone: end its command."""
    pid, process, caller = key.data
    if key.fileobj is caller:
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    waiting.unregister(process)
    waiting.unregister(caller)
    os.close(process)
    if key.fileobj is not caller:
        caller.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    caller.close()


def run(asked: dict[str, Any], files: list[int]) -> NoReturn:
    """Be the command."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(3, 256)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
    sys.stderr.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run in the background it is ignored
    sys.argv = ["scanstation", *asked["words"]]
    from scanstation.cli import main as command

    code: Any = 0
    try:
        command()
    except SystemExit as done:
        code = done.code
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    if isinstance(code, str):
        print(code, file=sys.stderr, flush=True)
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

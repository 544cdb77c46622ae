"""The command `scanstation` as the tests call it often: its words go to `tests/tool_server.py`, which has it loaded.

It stands under the name ``scanstation`` in a folder beside the socket ``socket``.  Signals go on to the command.
"""

import array
import json
import os
import signal
import socket
import sys

caller = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
caller.connect(os.path.join(os.path.dirname(os.path.abspath(__file__)), "socket"))
asked = {"words": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}
right = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))
data = json.dumps(asked).encode() + b"\n"
caller.sendall(data[caller.sendmsg([data], [right]) :])
answers = caller.makefile()
pid = int(answers.readline())
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda number, frame: os.kill(pid, number))
code = int(answers.readline())
if code < 0:
    signal.signal(-code, signal.SIG_DFL) if -code != signal.SIGKILL else None
    os.kill(os.getpid(), -code)
sys.exit(code)

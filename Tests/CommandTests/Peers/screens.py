"""A program on a pseudo-terminal, and the screen that its user would see."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

import pyte

PATIENCE = int(os.environ.get("PATIENCE", 60))
"""How long a test waits for what must come, in seconds; only a hang takes so long."""


class Screen:
    """Runs a command on a terminal of its own; what it writes is drawn by a terminal emulator."""

    def __init__(self, command, columns=80, lines=24, **environment):
        self.display = pyte.HistoryScreen(columns, lines, history=2000)
        self.stream = pyte.ByteStream(self.display)
        self.bytes = b""
        self.status = None
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            # Who runs the tests may ignore them, as nohup does; a terminal does not.
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
                signal.signal(number, signal.SIG_DFL)
            names = {**os.environ, "TERM": "xterm-256color", **environment}
            names = {name: value for name, value in names.items() if value is not None}
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            os.execve(command[0], [str(word) for word in command], names)
        self.resize(columns, lines)

    def resize(self, columns, lines):
        """Gives the window another size, as its user would."""
        self.display.resize(lines, columns)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def send(self, text):
        """Types text; `\\r` is the Enter key."""
        self.send_bytes(text.encode())

    def send_bytes(self, data):
        """Types bytes, which need not be UTF-8."""
        while data:
            self.read(0)
            data = data[os.write(self.terminal, data) :]

    def paste(self, text):
        """Pastes text, as a terminal does that tells of it."""
        self.send("\x1b[200~" + text.replace("\n", "\r") + "\x1b[201~")

    def read(self, seconds):
        """Draws what was written meanwhile; false when nothing can come any more."""
        try:
            while select.select([self.terminal], [], [], seconds)[0]:
                data = os.read(self.terminal, 1 << 16)
                if not data:
                    return False
                self.bytes += data
                self.stream.feed(data)
                seconds = 0
        except OSError:
            return False
        return True

    @property
    def lines(self):
        """The lines of the screen, without spaces at their ends and without empty ones below."""
        lines = [line.rstrip() for line in self.display.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    @property
    def text(self):
        return "\n".join(self.lines)

    @property
    def cursor(self):
        return self.display.cursor.x, self.display.cursor.y

    def wait(self, condition, what=""):
        """Waits until a condition holds on the screen."""
        end = time.monotonic() + PATIENCE
        while not condition():
            alive = self.read(0.05)
            if condition():
                return
            assert alive, f"the program ended before {what}:\n{self.text}"
            assert time.monotonic() < end, f"never came: {what}:\n{self.text}"

    def wait_for(self, *lines):
        """Waits until these are the last lines, with the cursor on the last of them."""
        wanted = [line.rstrip() for line in lines]
        self.wait(
            lambda: self.lines[-len(wanted) :] == wanted and self.cursor[1] == len(self.lines) - 1,
            f"the lines {wanted}",
        )

    def wait_for_text(self, text):
        """Waits until a text is somewhere on the screen."""
        self.wait(lambda: text in self.text, repr(text))

    def modes(self):
        """The modes of the terminal: whether it echoes and gives whole lines, as a shell wants."""
        local = termios.tcgetattr(self.terminal)[3]
        return bool(local & termios.ECHO), bool(local & termios.ICANON)

    def takes_flow_keys(self):
        """Whether the terminal takes Ctrl-S and Ctrl-Q for itself, as it does for a shell."""
        return bool(termios.tcgetattr(self.terminal)[0] & termios.IXON)

    def wait_for_end(self):
        """Waits until the program has ended; returns its exit code, negative for a signal."""
        end = time.monotonic() + PATIENCE
        while self.status is None:
            self.read(0.02)
            child, status = os.waitpid(self.child, os.WNOHANG)
            if child:
                self.status = os.waitstatus_to_exitcode(status)
                self.read(0)
            assert time.monotonic() < end, f"the program does not end:\n{self.text}"
        return self.status

    def close(self):
        """Ends the program, where it has not ended."""
        if self.status is None:
            os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)
        os.close(self.terminal)

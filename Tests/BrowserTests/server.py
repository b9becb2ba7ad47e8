"""JupyterLab on a free port of this machine, with the kernel installed and nothing of the user's own."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("NABLA", ROOT / ".build" / "nabla")).resolve()

# All cells stay in the page, so that a test sees the ones below the window too, and nothing asks the net.
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
}


class Server:
    """A server whose home, settings, kernels and notebooks are in one folder."""

    def __init__(self, folder):
        self.folder = folder
        self.notebooks = folder / "notebooks"
        self.environment = self.isolated()
        shutil.copytree(ROOT / "notebooks", self.notebooks)
        assert BINARY.exists(), f"{BINARY} is missing: `make build` makes it"
        subprocess.run(
            [BINARY, "install", "--prefix", folder / "prefix"], env=self.environment, check=True
        )
        settings = folder / "config" / "labconfig" / "default_setting_overrides.json"
        settings.parent.mkdir()
        settings.write_text(json.dumps(SETTINGS))

        self.token = secrets.token_hex(16)
        self.log = open(folder / "log", "wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
            + ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]
            + [f"--ServerApp.root_dir={self.notebooks}", f"--IdentityProvider.token={self.token}"]
            # The tests turn the theme by the application's own command, as its own tests do.
            + ["--LabApp.expose_app_in_browser=True"],
            env=self.environment,
            cwd=self.notebooks,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.url = self.listening()

    def isolated(self):
        """This process's environment with every place of Jupyter's inside the folder."""
        places = {
            "HOME": "home",
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "IPYTHONDIR": "ipython",
            "XDG_CACHE_HOME": "cache",
            "XDG_CONFIG_HOME": "xdg-config",
            "XDG_DATA_HOME": "xdg-data",
            "XDG_STATE_HOME": "xdg-state",
        }
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JUPYTER", "XDG_", "NABLA_")) and name not in ("NO_COLOR", "FORCE_COLOR")
        }
        for name, place in places.items():
            (self.folder / place).mkdir()
            environment[name] = str(self.folder / place)
        environment["JUPYTER_PATH"] = str(self.folder / "prefix" / "share" / "jupyter")
        environment["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
        return environment

    def listening(self, timeout=60):
        """The address, once the server says that it listens."""
        said = self.folder / "runtime" / f"jpserver-{self.process.pid}.json"
        end = time.monotonic() + timeout
        while time.monotonic() < end and self.process.poll() is None:
            if said.exists() and (text := said.read_text()).endswith("}"):
                return json.loads(text)["url"]
            time.sleep(0.02)
        self.close()
        raise RuntimeError(f"JupyterLab does not listen:\n{self.logged()}")

    def forget(self):
        """Ends all kernels, and takes back what the user chose."""
        for session in json.loads(self.ask("GET", "api/sessions")):
            self.ask("DELETE", f"api/sessions/{session['id']}")
        shutil.rmtree(self.folder / "config" / "lab" / "user-settings", ignore_errors=True)

    def ask(self, method, path):
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.url + path, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def logged(self):
        return (self.folder / "log").read_text(errors="replace")

    def close(self):
        """Ends the server, which ends its kernels."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.log.close()

"""A home directory of its own below build/, and the environment that goes with it."""

import os
import shutil
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
VENV_BIN = TOP / "build" / "venv" / "bin"
RELEASE = TOP / "build" / "release"


class Sandbox:
    def __init__(self, name, program_folder=RELEASE):
        self.folder = TOP / "build" / name
        self.home = self.folder / "home"
        self.work = self.folder / "work"
        self.state = self.home / ".local" / "state" / "cleat"
        self.program_folder = program_folder

    def renew(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in (self.home, self.work, self.folder / "run"):
            folder.mkdir(parents=True, mode=0o700)

    def environment(self, **more):
        """What the commands see: nothing of the caller's own clouds and settings."""
        kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TERM", "NO_COLOR") if name in os.environ}
        return {
            "LANG": "C.UTF-8",
            **kept,
            "PATH": os.pathsep.join([str(self.program_folder), str(VENV_BIN), "/usr/local/bin", "/usr/bin", "/bin"]),
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_STATE_HOME": str(self.home / ".local" / "state"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }

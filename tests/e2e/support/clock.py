"""Moves the time of programs that are already running, through libfaketime."""

import glob
import os


class Clock:
    """env() goes to the programs; set() moves them all, and the fake's own clock with them."""

    def __init__(self, folder, fake=None):
        found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        assert found, "libfaketime is missing (package faketime)"
        self.library = found[0]
        self.file = os.path.join(str(folder), "clock")
        self.fake = fake
        self.set(0)

    def set(self, offset_s):
        # Written aside and renamed: a program may read it at any moment.
        with open(self.file + ".new", "w", encoding="ascii") as file:
            file.write("%+d\n" % offset_s)
        os.rename(self.file + ".new", self.file)
        if self.fake is not None:
            self.fake.settings(time_offset_s=offset_s)

    def env(self):
        return {
            "LD_PRELOAD": self.library,
            "FAKETIME_TIMESTAMP_FILE": self.file,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

"""The files of Docker and podman, and Cleat's note of what it wrote into them."""

import os
import re

from .files import Tool

NOTE = ".config/cleat/docker.json"
DOCKER = b'{\n\t"auths": {\n\t\t"ghcr.io": {}\n\t},\n\t"credsStore": "",\n\t"x-unknown": [1, {"a": null}]\n}'
PODMAN = b'{ "credHelpers": {"gcr.io": "gcloud"} }\r\n'


class DockerFiles(Tool):
    name = "docker"
    # Until a copy has been replaced the note keeps in mind that there is one.
    moving = re.compile(rb'"was": "there"(,\s*"static": true)?')
    links = {".docker/config.json": "../dotfiles/docker.json"}

    def prepare(self, killer):
        self.files = {".docker/config.json": (DOCKER, 0o644), ".config/containers/auth.json": (PODMAN, 0o600)}
        bin_folder = os.path.join(killer.home, "bin")
        os.mkdir(bin_folder)
        os.symlink(killer.program, os.path.join(bin_folder, "docker-credential-cleat"))
        killer.environment["PATH"] = bin_folder + ":" + killer.environment["PATH"]
        pair = {"U": "user", "P": "s3cr3t/killed"}
        for name, registry in (("hub", "docker.io"), ("reg", "reg.example.com"), ("kept", "kept.example.com")):
            words = ["service-connector", "register", name, "--type", "docker", "--no-verify"]
            words += ["--registry=" + registry, "--username=@env:U", "--password=@env:P"]
            killer.run(words, pair)
        # One registry stays, so that there always is a note.
        killer.run(["service-connector", "login", "kept", "--docker-config", os.path.join(killer.home, "kept.json")], {})
        with open(os.path.join(killer.home, NOTE), "rb") as file:
            self.files[NOTE] = (file.read(), 0o600)

    def commands(self):
        login = ["service-connector", "login"]
        found = {}
        for name in ("hub", "reg"):
            found["login " + name] = (login + [name], False)
            found["podman " + name] = (login + [name, "--tool", "podman"], False)
            found["copy " + name] = (login + [name, "--tool", "podman", "--static"], False)
            found["logout " + name] = (login + [name, "--logout"], True)
        return found

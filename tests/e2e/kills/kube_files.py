"""The kubeconfig: contexts of EKS clusters, put in and taken out, in two files of KUBECONFIG."""

import re

from .files import MOVING, AwsAccount, Tool

CONFIG = b"""# mine
apiVersion: v1
kind: Config
clusters:
  - name: kind\r
    cluster: {server: 'https://127.0.0.1:6443', unknown-key: [1, 2]}
contexts: [ ]   # none yet
current-context: kind
preferences: &p {}
users:
# the only one
- name: kind
  user: {tokenFile: /dev/null}

extra: *p"""
SECOND = b'{"kind": "Config", "apiVersion": "v1", "users": null}\n'


class KubeFiles(Tool):
    name = "kubeconfig"
    files = {"dotfiles/kubeconfig": (CONFIG, 0o600), "kube/second.json": (SECOND, 0o640)}
    links = {".kube/config": "../dotfiles/kubeconfig"}
    moving = re.compile(MOVING.pattern + rb"|k8s-aws-v1\.[A-Za-z0-9_-]+")

    def prepare(self, killer):
        clusters = [{"name": name, "endpoint": "https://" + name, "ca": "Y2E="} for name in ("one", "two")]
        self.account = AwsAccount(killer, clusters=clusters)
        self.second = killer.home + "/kube/second.json"

    def commands(self):
        found = {}
        for cluster in ("one", "two"):
            words = ["service-connector", "login", "role", "-r", "kubernetes-cluster", "-ri", cluster]
            found["login " + cluster] = (words, False)
            found["quietly " + cluster] = ([*words, "--no-switch", "--kubeconfig", self.second], False)
            found["logout " + cluster] = ([*words, "--logout"], True)
            found["logout of the second " + cluster] = ([*words, "--logout", "--kubeconfig", self.second], True)
        return found

    def close(self):
        self.account.close()

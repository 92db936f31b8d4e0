#include "connectors/hyperai/ops.h"

/* clang-format off */

const char hyperai_text_type[] =
    "Keeps a private SSH key that opens one or more hosts, such as GPU instances of HyperAI, and\n"
    "hands out the access to one of them at a time. Any host with an SSH server will do.\n"
    "\n"
    "Cleat logs in only to hosts whose host key is pinned in `host_keys`, and looks at that key\n"
    "before it shows its own. It uses no other key, no agent and no configuration of SSH that it\n"
    "finds around it, and never asks at a terminal.\n"
    "\n"
    "Auto-configuration takes over the key, the user and the known host keys that `ssh` uses for\n"
    "the host that is named with `--host`.\n"
    "\n"
    "Instances that run pipelines also need Docker with its Compose plugin, and a cron daemon for\n"
    "schedules.\n";

const char hyperai_text_instance[] =
    "One SSH host of the connector. Clients receive its name and port, the login name, its host\n"
    "keys, and the key to log in with.\n"
    "\n"
    "What is needed is a host that can be reached from where Cleat runs, and the public key in the\n"
    "user's `authorized_keys` there.\n"
    "\n"
    "Only configured hosts are resources. They can be named in these forms; the port is left out\n"
    "where it is 22:\n"
    "\n"
    "- host name (canonical resource name): {host}[:{port}]\n"
    "- address: {address}, or [{IPv6 address}]:{port}\n";

#define KEY_TEXT                                                                               \
    "The key file itself is accepted, in OpenSSH's own form or as PEM (PKCS#1, SEC1, PKCS#8),\n" \
    "and so is its base64.\n"                                                                  \
    "\n"                                                                                       \
    "Clients receive the private key and its passphrase as they are stored: a key cannot be\n"  \
    "issued for a limited time. Where the hosts can be told to trust a certificate authority,\n" \
    "`ssh-certificate` is better.\n"

const char hyperai_text_rsa[] =
    "A private RSA key, of at least 2048 bits.\n"
    "\n" KEY_TEXT;

const char hyperai_text_dsa[] =
    "Not usable: DSA keys were switched off in OpenSSH 7.0 and have been removed since, from it\n"
    "and from every SSH library. The name is kept so that configurations which still have such a\n"
    "key are told why. Make a new key, best of type Ed25519.\n";

const char hyperai_text_ecdsa[] =
    "A private ECDSA key on one of the NIST curves.\n"
    "\n" KEY_TEXT;

const char hyperai_text_ed25519[] =
    "A private Ed25519 key: short, fast, and the best choice for a new key.\n"
    "\n" KEY_TEXT;

const char hyperai_text_any_key[] =
    "A private key of any type that SSH servers still accept; the type is found out.\n"
    "\n" KEY_TEXT;

const char hyperai_text_certificate[] =
    "The private key of an SSH certificate authority. Clients receive a key pair made for them and\n"
    "a certificate that ends with the life time they asked for: 60 seconds to a day, 15 minutes\n"
    "unless asked. Nothing that lasts longer leaves Cleat.\n"
    "\n"
    "The hosts must trust the authority: put its public key into a file such as\n"
    "`/etc/ssh/cleat_ca.pub`, and `TrustedUserCAKeys /etc/ssh/cleat_ca.pub` into `sshd_config`.\n"
    "Their log then says for every login which connector, user and request it came from.\n"
    "\n"
    "A certificate is good for every host that trusts the authority and knows one of the\n"
    "`principals`; `source_address` and `force_command` limit it further.\n";

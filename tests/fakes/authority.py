"""A certificate authority that is made anew for each run, and the certificates it signs."""

import datetime
import ipaddress
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


class Pair:
    """A certificate and its key, as PEM texts and, on request, as files."""

    def __init__(self, certificate, key):
        self.certificate = certificate
        self.key = key

    def files(self, folder, name):
        """(certificate file, key file)"""
        paths = []
        for end, text in ((".crt", self.certificate), (".key", self.key)):
            paths.append(os.path.join(str(folder), name + end))
            with open(paths[-1], "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as file:
                file.write(text)
        return tuple(paths)


def _name(common, organizations=()):
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    parts += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, one) for one in organizations]
    return x509.Name(parts)


def _alternative(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _sign(subject, issuer, key, issuer_key, extensions, days):
    start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=10)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=10 + days))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def _pair(certificate, key):
    return Pair(
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    )


class Authority:
    """`days` below zero makes certificates that have ended."""

    def __init__(self, name="kubernetes"):
        self.name = _name(name)
        self.private = ec.generate_private_key(ec.SECP256R1())
        basic = [(x509.BasicConstraints(ca=True, path_length=None), True)]
        self.pair = _pair(_sign(self.name, self.name, self.private, self.private, basic, 30), self.private)

    @property
    def certificate(self):
        return self.pair.certificate

    def server(self, *names, days=5):
        key = ec.generate_private_key(ec.SECP256R1())
        names = names or ("127.0.0.1", "localhost")
        extensions = [
            (x509.SubjectAlternativeName([_alternative(name) for name in names]), False),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        ]
        return _pair(_sign(_name("kube-apiserver"), self.name, key, self.private, extensions, days), key)

    def client(self, user, groups=(), days=5):
        key = ec.generate_private_key(ec.SECP256R1())
        extensions = [(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)]
        return _pair(_sign(_name(user, groups), self.name, key, self.private, extensions, days), key)

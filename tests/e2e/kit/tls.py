"""Certificates that only a test run knows."""

import ipaddress
import shutil
import ssl
import subprocess


class Authority:
    """A certificate authority of its own, in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        self.certificate = folder / "authority.pem"
        self.key = folder / "authority.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "2", "-subj", "/CN=A test's authority",
                "-keyout", self.key, "-out", self.certificate)

    def issue(self, name="127.0.0.1"):
        """A certificate for `name`, and its key: two files."""
        self.count += 1
        certificate = self.folder / f"{self.count}.pem"
        key, request = certificate.with_suffix(".key"), certificate.with_suffix(".csr")
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        kind = "IP" if is_address(name) else "DNS"
        extensions = certificate.with_suffix(".cnf")
        extensions.write_text(f"subjectAltName={kind}:{name}\n")
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", certificate)
        return certificate, key

    def trust(self):
        """What a client needs to believe it."""
        return ssl.create_default_context(cafile=self.certificate)


class Identity:
    """A server's two files, and who vouches for them."""

    def __init__(self, authority, name="127.0.0.1"):
        self.authority = authority
        issued = authority.issue(name)
        self.certificate = authority.folder / f"server-{authority.count}.pem"
        self.key = self.certificate.with_suffix(".key")
        self.become(*issued)

    def become(self, certificate, key):
        shutil.copy(certificate, self.certificate)
        shutil.copy(key, self.key)

    def flags(self):
        return ["--tls-certificate", self.certificate, "--tls-key", self.key]


def is_address(name):
    try:
        ipaddress.ip_address(name)
        return True
    except ValueError:
        return False


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout

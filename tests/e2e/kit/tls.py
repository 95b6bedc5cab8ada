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

    def issue(self, *names, days=2):
        """A certificate for `names`, 127.0.0.1 if there are none, and its key: two files.

        It is valid for some days, or until now.
        """
        names = names or ("127.0.0.1",)
        self.count += 1
        certificate = self.folder / f"{self.count}.pem"
        key, request = certificate.with_suffix(".key"), certificate.with_suffix(".csr")
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", f"/CN={names[0]}", "-keyout", key, "-out", request)
        extensions = certificate.with_suffix(".cnf")
        extensions.write_text(f"subjectAltName={','.join(map(alternative, names))}\n")
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", certificate)
        return certificate, key

    def trust(self):
        """The certificate that a client has to trust."""
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


def alternative(name):
    """A name as a certificate has it."""
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        return f"DNS:{name}"


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout

"""Disks to be broken: file systems of their own, in files, which need root and a loop device."""

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

MIB = 1024 * 1024
SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN of linux/ext4.h
WITHOUT_FLUSH = 2  # EXT4_GOING_FLAGS_NOLOGFLUSH: what is in memory only is gone.


def command(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


class Disk:
    """An ext4 on a loop device, mounted."""

    def __init__(self, size):
        self.folder = Path(tempfile.mkdtemp(prefix="botapi-disk-"))
        self.image, self.path = self.folder / "image", self.folder / "mount"
        self.folder.chmod(0o755)
        self.path.mkdir()
        with open(self.image, "wb") as image:
            image.truncate(size)
        command("mkfs.ext4", "-q", "-m", "0", "-J", "size=4", self.image)
        self.mount()

    def mount(self):
        command("mount", "-o", "loop,errors=remount-ro", self.image, self.path)

    def unmount(self):
        command("umount", self.path)

    def settle(self):
        """Forces all to the disk that was written up to now."""
        command("sync", "-f", self.path)

    def cut_power(self):
        """Nothing is written any more, and what was not forced to the disk is lost."""
        opened = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(opened, SHUTDOWN, struct.pack("I", WITHOUT_FLUSH))
        finally:
            os.close(opened)

    def turn_read_only(self):
        """As the kernel does when it meets an error on the disk."""
        device = Path(command("findmnt", "-n", "-o", "SOURCE", self.path).strip()).name
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("torture")

    def fill(self, left=0):
        """Leaves so many bytes free, about."""
        status = os.statvfs(self.path)
        size = status.f_bavail * status.f_frsize - left
        with open(self.path / "ballast", "ab", buffering=0) as ballast:
            try:
                os.posix_fallocate(ballast.fileno(), 0, size)
            except OSError:
                pass  # Blocks of the file system's own are counted as free.
            # The rest goes in small pieces.
            while not left:
                try:
                    ballast.write(bytes(4096))
                except OSError:
                    break

    def empty(self):
        (self.path / "ballast").unlink()

    def remove(self):
        subprocess.run(["umount", "-l", self.path], capture_output=True, check=False)
        shutil.rmtree(self.folder)


@contextmanager
def disk(size=256 * MIB):
    """Skips the test where disks can't be made."""
    if os.geteuid() != 0:
        pytest.skip("not root: no file system can be mounted, and this break is NOT tested here")
    try:
        made = Disk(size)
    except (OSError, subprocess.CalledProcessError) as failure:
        reply = getattr(failure, "stderr", failure)
        pytest.skip(f"no loop device: this break is NOT tested here ({reply})")
    try:
        yield made
    finally:
        made.remove()

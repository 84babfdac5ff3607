"""Drawing the hidden order once, and sealing it for the pharmacist.

The order, the salt and the kits' contents exist only inside the box: they are never written,
printed or logged outside it before release.
"""

from openldn.sealing.box import Opened, open_box
from openldn.sealing.draw import draw
from openldn.sealing.folder import (
    PublicSeal,
    create_folder,
    read_seal,
    release_folder,
    verify_folder,
)
from openldn.sealing.keys import check_passphrase, read_private_key, read_public_key
from openldn.sealing.seal import Kit, Sealed, randomise, release

__all__ = [
    "Kit",
    "Opened",
    "PublicSeal",
    "Sealed",
    "check_passphrase",
    "create_folder",
    "draw",
    "open_box",
    "randomise",
    "read_private_key",
    "read_public_key",
    "read_seal",
    "release",
    "release_folder",
    "verify_folder",
]

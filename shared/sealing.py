"""Personal data at rest: SM4-GCM with a key id, and an HMAC-SM3 blind index to find a value by.

Layout of a sealed value: 1 byte length of the key id, key id, 12 bytes nonce, ciphertext, 16 bytes tag.
The column's name is authenticated with it, so a value cannot be moved to another column.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from shared.settings import settings

NONCE_BYTES = 12  # NIST SP 800-38D: 96-bit nonces for GCM
TAG_BYTES = 16


class SealBroken(Exception):
    """The value was altered, belongs to another column, or its key is gone."""


def key_mark() -> bytes:
    """What every value begins with that the current key has sealed."""
    name = settings().sealing_key_id.encode()
    return bytes([len(name)]) + name


def key_id(sealed: bytes) -> str:
    """The name of the key that sealed it; anything at all when it was altered there."""
    return sealed[1 : 1 + sealed[0]].decode(errors="replace") if sealed else ""


def seal(plain: bytes, *, context: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    cipher = Cipher(SM4(_key(settings().sealing_key_id)), GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(context.encode())
    sealed = cipher.update(plain) + cipher.finalize()
    return key_mark() + nonce + sealed + cipher.tag


def unseal(value: bytes, *, context: str) -> bytes:
    """Raises SealBroken."""
    try:
        end = 1 + value[0]
        key_id, nonce = value[1:end].decode(), value[end : end + NONCE_BYTES]
        body, tag = value[end + NONCE_BYTES : -TAG_BYTES], value[-TAG_BYTES:]
        cipher = Cipher(SM4(_key(key_id)), GCM(nonce, tag)).decryptor()
        cipher.authenticate_additional_data(context.encode())
        return cipher.update(body) + cipher.finalize()
    except (InvalidTag, IndexError, KeyError, ValueError) as error:
        raise SealBroken(context) from error


def blind_index(value: str, *, context: str) -> bytes:
    """32 bytes that are equal for equal values of one column and tell nothing else without the key."""
    mac = hmac.HMAC(settings().blind_index_key.encode(), hashes.SM3())
    mac.update(f"{context}\0{value}".encode())
    return mac.finalize()


def _key(key_id: str) -> bytes:
    return bytes.fromhex(settings().sealing_keys[key_id])

"""PINs, tokens and set-up codes: how they are made, hashed and compared."""

import hashlib
import hmac
import itertools
import secrets
from collections.abc import Callable

from scanstation.access.errors import AccessError, AccessReason

RandomBytes = Callable[[int], bytes]
"""n -> n random bytes; `secrets.token_bytes` in a station, a seeded source only in tests."""

PIN_MIN, PIN_MAX = 4, 12
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1  # 16 MB and about 40 ms: OWASP's scale for an interactive log-in
_CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 characters, none that is mistaken for another on paper


def check_pin(pin: str) -> None:
    """Raise `AccessError` (WEAK_PIN) unless ``pin`` is 4 to 12 digits and not the first thing that anyone tries."""
    remedy = f"choose {PIN_MIN} to {PIN_MAX} digits, not all equal and not a run such as 1234"
    if not (PIN_MIN <= len(pin) <= PIN_MAX and pin.isascii() and pin.isdigit()):
        raise AccessError(AccessReason.WEAK_PIN, f"a PIN is {PIN_MIN} to {PIN_MAX} digits", remedy)
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    if steps in ({0}, {1}, {9}):
        raise AccessError(AccessReason.WEAK_PIN, "this PIN is too easy to guess", remedy)


def hash_pin(pin: str, salt: bytes) -> str:
    """``scrypt$n$r$p$salt$hash`` (hex), so that the cost can rise without losing the PINs that exist."""
    digest = _scrypt(pin, salt, _SCRYPT_N, _SCRYPT_R, _SCRYPT_P)
    return f"scrypt${_SCRYPT_N}${_SCRYPT_R}${_SCRYPT_P}${salt.hex()}${digest.hex()}"


def pin_matches(pin: str, pin_hash: str) -> bool:
    """Whether ``pin`` is the one of ``pin_hash``, in constant time.  A hash of another form matches nothing."""
    scheme, *fields = pin_hash.split("$")
    if scheme != "scrypt" or len(fields) != 5:
        return False
    n, r, p = (int(field) for field in fields[:3])
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(fields[3]), n, r, p), bytes.fromhex(fields[4]))


def _scrypt(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, maxmem=2**26, dklen=32)


def new_token(random_bytes: RandomBytes) -> str:
    """A token of 256 random bits; its prefix lets a leaked one be recognised."""
    return "sst_" + random_bytes(32).hex()


def new_setup_code(random_bytes: RandomBytes) -> str:
    """60 random bits as three groups that a person can read off a console, such as ``7KPM-2QXA-9TRD``."""
    letters = [_CODE_ALPHABET[byte % 32] for byte in random_bytes(12)]
    return "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def normalise_setup_code(text: str) -> str:
    """What was typed, in the form of `new_setup_code`: case, blanks and hyphens do not matter."""
    letters = "".join(c for c in text.upper() if c.isalnum())[:64]
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def digest_of(secret: str) -> str:
    """SHA-256 in hex: enough for secrets that are random in full, unlike PINs."""
    return hashlib.sha256(secret.encode()).hexdigest()


system_random: RandomBytes = secrets.token_bytes
"""The operating system's randomness."""

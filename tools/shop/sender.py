"""`sender.yaml`: who the shop is, for `import`. An example, of which only `brand` is needed:

    brand: Journey Market
    legal_name: Journey Market LLC
    postal_address: 100 Example Street, Anytown, OH 00000, USA
    website: https://journeymarket.example
    unsubscribe_url: https://journeymarket.example/unsubscribe
    sms_signature: Journey Market          # CN: the registered 【签名】, without brackets
    support_email: care@journeymarket.example
    list_unsubscribe_one_click: true       # the sending system sets the headers of RFC 8058
    from_domain_aligned: true              # SPF or DKIM is aligned with the From domain
    unsubscribe_live_days: 60              # how long the unsubscribe link of a message works
    sms_consent_written: true              # each SMS consent is on record with its time and text
    sms_stop_handled: true                 # STOP suppresses the number and is confirmed once

What is left out is not known, and a rule of compliance that needs it will say so.
"""

import difflib
from pathlib import Path

from pydantic import ValidationError

from tools.failure import ToolFailure
from tools.shop.profile import Sender

LARGEST = 64 << 10


def load_sender(path: Path) -> Sender:
    """Read the shop's sender profile.

    Raises:
        ToolFailure: `missing_file`; `bad_sender` with the line or the key concerned.
    """
    import yaml

    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"the sender profile {path} cannot be read: {error.strerror}"
        raise ToolFailure("missing_file", message, file=str(path)) from error
    if len(raw) > LARGEST:
        raise ToolFailure("bad_sender", f"{path} is larger than a sender profile can be", file=str(path))
    try:
        content = yaml.safe_load(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8: byte {error.start} is 0x{raw[error.start]:02x}"
        raise ToolFailure("bad_sender", message, file=str(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f" in line {mark.line + 1}"
        message = f"{path} is not YAML{where}: {getattr(error, 'problem', error)}"
        raise ToolFailure("bad_sender", message, file=str(path)) from error
    return _validated(path, content)


def _validated(path: Path, content: object) -> Sender:
    known = ", ".join(Sender.model_fields)
    if not isinstance(content, dict):
        raise ToolFailure(
            "bad_sender", f"{path} must hold keys such as `brand: …`; it may have {known}", file=str(path)
        )
    for key in content:
        if key not in Sender.model_fields:
            close = difflib.get_close_matches(str(key), Sender.model_fields, n=1)
            hint = f"; did you mean `{close[0]}`?" if close else f"; it may have {known}"
            raise ToolFailure("bad_sender", f"{path}: there is no key `{key}`{hint}", file=str(path), key=str(key))
    try:
        return Sender.model_validate(content, strict=True)
    except ValidationError as error:
        [first, *_] = error.errors()
        key = ".".join(str(part) for part in first["loc"])
        problem = "is missing" if first["type"] == "missing" else first["msg"].lower()
        raise ToolFailure("bad_sender", f"{path}: `{key}` {problem}", file=str(path), key=key) from error

"""Readers and programs that speak over the network's own protocols: ``mqtt://broker/topic``, ``http://reader``."""

import base64
import hashlib
import random
import socket
import ssl
from pathlib import Path

from drivers.device import Clock, Device
from drivers.devices import WireDevice
from drivers.listening import ListeningReads, Place
from drivers.protocols.http_stream import HttpStreamProtocol
from drivers.protocols.json_formats import FORMATS
from drivers.protocols.mqtt import MqttProtocol, Subscription
from drivers.transports.tcp import TcpTransport
from drivers.url import DeviceUrl, Options, parse_url

MQTT_EXAMPLE = "mqtt://broker:1883/readers/dock?format=impinj&user=station&password_file=/etc/scanstation/mqtt"

HTTP_EXAMPLE = "https://reader-7/api/v1/data/stream?format=impinj&user=root&password_file=/etc/scanstation/reader-7"

LISTEN_EXAMPLE = "http://0.0.0.0:8081/reads?listen=1&format=zebra&token_file=/etc/scanstation/reads-token"

IMPINJ_STREAM = "api/v1/data/stream"
"""Where an Impinj reader streams its events, relative to its root."""

_PORT, _TLS_PORT = 1883, 8883
_HTTP_PORTS = {"http": 80, "https": 443}


def mqtt_device(url: str, *, name: str, clock: Clock, rng: random.Random) -> WireDevice:
    """``mqtt://broker/topic`` or ``mqtt://broker:port/topic``; the topic may hold the wildcards ``+`` and ``#``.

    Options: ``format`` (json, impinj, zebra), ``client`` (name of the session at the broker, by default one of this
    machine and device), ``clean`` (1: the broker keeps nothing while we are away), ``user``, ``password`` or
    ``password_file``, ``tls`` (with ``ca``, ``cert`` and ``key``: PEM files), ``timeout`` (seconds to connect).
    `DriverError` BAD_URL names everything that is wrong in the URL at once.
    """
    parsed = parse_url(url, MQTT_EXAMPLE)
    options = Options(parsed, MQTT_EXAMPLE)
    content = options.choice("format", "json", FORMATS).protocol(name)
    client = options.text("client", "") or _client(name)
    clean = options.flag("clean", False)
    user, password = options.text("user", ""), secret(options, "password")
    if password and not user:
        options.wrong("password", "needs user=")
    tls = tls_of(options, options.flag("tls", False))
    timeout = options.number("timeout", 1.0, 0.1, 120.0)
    for option, text in (("client", client), ("user", user), ("password", password)):
        if fault := _text_fault(text):
            options.wrong(option, fault)
    host, port, topic = options.address_and_path(_TLS_PORT if tls else _PORT)
    if fault := _topic_fault(topic):
        options.fault(fault)
    options.finish()
    wanted = Subscription(topic=topic, client=client, clean=clean, user=user, password=password)
    transport = TcpTransport(host, port, timeout, tls=tls)
    return WireDevice(name, url, clock, rng, transport, MqttProtocol(wanted, content))


def http_device(url: str, *, name: str, clock: Clock, rng: random.Random) -> Device:
    """``http://reader`` or ``https://reader:port/path`` reads an answer that never ends.

    Options: ``format`` (impinj, zebra, json), ``user`` with ``password`` or ``password_file``, or ``token`` or
    ``token_file``; for https ``ca``, ``cert``, ``key`` (PEM files) and ``verify=0`` for a reader that signs itself;
    ``timeout`` (seconds to connect).  Without a path it is that of an Impinj reader.  With ``listen=1`` it is the
    other way round: senders post to us, see `_listening`.
    `DriverError` BAD_URL names everything that is wrong in the URL at once.
    """
    parsed = parse_url(url, HTTP_EXAMPLE)
    options = Options(parsed, HTTP_EXAMPLE)
    if options.flag("listen", False):
        return _listening(parsed, name=name, clock=clock, rng=rng)
    content = options.choice("format", "impinj", FORMATS).protocol(name)
    headers = _login(options)
    tls = tls_of(options, parsed.scheme == "https")
    timeout = options.number("timeout", 1.0, 0.1, 120.0)
    host, port, path = options.address_and_path(_HTTP_PORTS[parsed.scheme])
    if not all("!" <= sign <= "~" for sign in path):
        options.fault(f"{path!r} is no path of HTTP")
    options.finish()
    asked = HttpStreamProtocol(f"{host}:{port}", "/" + (path or IMPINJ_STREAM), headers, content)
    return WireDevice(name, url, clock, rng, TcpTransport(host, port, timeout, tls=tls), asked)


def _listening(parsed: DeviceUrl, *, name: str, clock: Clock, rng: random.Random) -> ListeningReads:
    """``http://0.0.0.0:8081/path?listen=1&token=...`` waits for senders that post their reads.

    Options: ``format`` (zebra, json, impinj), ``token`` or ``token_file`` (needed unless only this machine can call),
    ``silence`` (seconds without a sender until it is told); for https ``cert`` and ``key`` (PEM files).
    """
    options = Options(parsed, LISTEN_EXAMPLE)
    options.flag("listen", True)
    form = options.choice("format", "zebra", {word: word for word in FORMATS})
    token, silence = secret(options, "token"), options.number("silence", 60.0, 0.1, 86_400.0)
    tls = _server_tls(options) if parsed.scheme == "https" else None
    host, port, path = options.address_and_path(_HTTP_PORTS[parsed.scheme], lowest=0)
    if not token and host not in ("127.0.0.1", "::1", "localhost"):
        options.wrong("token", f"is needed where others can call {host}: without it anybody counts")
    options.finish()
    place = Place(host=host, port=port, path=f"/{path}", token=token, tls=tls, silence=silence)
    return ListeningReads(place, name=name, url=parsed.text, clock=clock, rng=rng, form=form)


def _server_tls(options: Options) -> ssl.SSLContext | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(options.text("cert", ""), options.text("key", "") or None)
    except OSError as error:
        options.wrong("cert", f"cannot be used: {error}")
        return None
    return context


def _login(options: Options) -> dict[str, str]:
    user, password, token = options.text("user", ""), secret(options, "password"), secret(options, "token")
    if token and (user or password):
        options.wrong("token", "and user= are two ways to say who we are: use one")
    if token:
        return {"Authorization": f"Bearer {token}"}
    if not user:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")}


def secret(options: Options, name: str) -> str:
    """A secret from the URL, or from the first line of the file that ``NAME_file`` names."""
    given, path = options.text(name, ""), options.text(f"{name}_file", "")
    if not path:
        return given
    try:
        return Path(path).read_text("utf-8").partition("\n")[0].strip()
    except (OSError, ValueError) as error:
        options.wrong(f"{name}_file", f"cannot be read: {error}")
        return given


def tls_of(options: Options, wanted: bool) -> ssl.SSLContext | None:
    """TLS as the options ``ca`` (who signs the peer), ``cert`` and ``key`` (who we are) say; None unless wanted.

    ``verify=0`` believes any peer.
    """
    ca, cert, key = options.text("ca", ""), options.text("cert", ""), options.text("key", "")
    verify = options.flag("verify", True)
    if not wanted:
        if ca or cert or key:
            options.wrong("ca" if ca else "cert" if cert else "key", "is of no use without TLS")
        return None
    try:
        context = ssl.create_default_context(cafile=ca or None)
        if not verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if cert:
            context.load_cert_chain(cert, key or None)
    except OSError as error:  # ssl.SSLError is one
        options.wrong("cert" if cert else "ca", f"cannot be used: {error}")
        return None
    return context


def _text_fault(text: str) -> str:
    """What MQTT cannot carry in a text (3.1.1, 1.5.3); empty where it can."""
    if "\0" in text or len(text.encode("utf-8", "replace")) > 65_535:
        return "is longer than 65,535 bytes or holds a zero"
    return ""


def _topic_fault(topic: str) -> str:
    """What is wrong with a topic filter (MQTT 3.1.1, 4.7); empty where nothing is."""
    if not topic:
        return "it names no topic"
    levels = topic.split("/")
    if any("#" in level for level in levels[:-1]) or any(
        level not in ("#", "+") and ("#" in level or "+" in level) for level in levels
    ):
        return f"topic {topic[:80]!r}: + stands for a whole level, # for all levels at the end"
    fault = _text_fault(topic)
    return f"the topic {fault}" if fault else ""


def _client(name: str) -> str:
    """A name that stays this device's own: every broker takes 23 letters and digits (MQTT 3.1.1, 3.1.3.1)."""
    return "scan" + hashlib.sha256(f"{socket.gethostname()} {name}".encode()).hexdigest()[:16]

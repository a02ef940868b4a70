"""Serve an application until it is told to stop: its own port, a clean end on Ctrl-C and on SIGTERM."""

from __future__ import annotations

import errno
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI

from gisplanner.api.patience import PatientProtocol
from gisplanner.errors import Fault, UsageError
from gisplanner.text import Text

DEFAULT_PORT: Final = 8000
LAST_DEFAULT_PORT: Final = 8010
LAST_PORT: Final = 65_535
_GRACE_S: Final = 5
_CONNECTIONS: Final = 16_384
"""As many as are open at once, clients that are waited for in vain among them; many systems give a program 1,024."""
_IN_USE: Final = frozenset({errno.EADDRINUSE, errno.EACCES})


def serve_app(
    app: FastAPI,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    tell: Callable[[str], None],
    trusted_proxies: str = "127.0.0.1,::1",
    entrance: str | None = None,
) -> str:
    """Serve ``app`` until Ctrl-C or SIGTERM and return the address it had.

    Requests under way get a few seconds to end.

    Parameters
    ----------
    port
        ``None`` takes the first free one of 8000–8010; 0 any free one.
    tell
        Called with the address, and with a warning where other machines can reach it.
    trusted_proxies
        Whose word on a client's address and on TLS is believed.
    entrance
        Token with which the person at this machine enters; told where only this machine can reach the server.

    Raises
    ------
    UsageError
        The port is taken, or the host is no address of this machine.
    """
    _allow_connections()
    with listening(host, port) as listener:
        address = _address(listener)
        for sentence in sentences(listener, entrance):
            tell(sentence)
        config = uvicorn.Config(
            app,
            # uvloop lost sockets of database connections that broke: who waited for an answer there waited for ever.
            loop="asyncio",
            http=PatientProtocol,
            log_level="warning",
            log_config=None,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
            proxy_headers=True,
            forwarded_allow_ips=trusted_proxies,
        )
        with _ended_by_signals():
            uvicorn.Server(config).run(sockets=[listener])
        tell(Text("已停止。", en="Stopped."))
    return address


def _allow_connections() -> None:
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS if most == resource.RLIM_INFINITY else min(_CONNECTIONS, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


@contextmanager
def listening(host: str, port: int | None) -> Iterator[socket.socket]:
    """Yield a bound socket, so that the port told is the port served.

    Raises
    ------
    UsageError
        The port is taken, or the host is no address of this machine.
    """
    ports = range(DEFAULT_PORT, LAST_DEFAULT_PORT + 1) if port is None else (port,)
    family, address = _resolve(host)
    for candidate in ports:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, candidate))
            listener.listen(128)
        except OSError as error:
            listener.close()
            if error.errno not in _IN_USE:
                raise _no_such_host(host) from error
            continue
        with listener:
            yield listener
        return
    raise _taken(port)


def _resolve(host: str) -> tuple[socket.AddressFamily, str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise _no_such_host(host) from error
    family, _, _, _, address = found[0]
    return family, str(address[0])


def _no_such_host(host: str) -> UsageError:
    return UsageError(
        Text(f"--host {host} 不是本机的地址。", en=f"--host {host} is no address of this machine."),
        [Fault(column="--host", value=host, allowed="127.0.0.1, 0.0.0.0, ::1 …")],
    )


def _taken(port: int | None) -> UsageError:
    if port is None:
        ports = f"{DEFAULT_PORT}–{LAST_DEFAULT_PORT}"
        return UsageError(
            Text(
                f"端口 {ports} 都被占用，请用 --port 指定一个。",
                en=f"Ports {ports} are all taken; choose one by --port.",
            )
        )
    return UsageError(
        Text(f"端口 {port} 被占用或不许使用。", en=f"Port {port} is taken or not allowed."),
        [Fault(column="--port", value=str(port), hint=Text("换一个端口或不写", en="take another, or leave it out"))],
    )


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def sentences(listener: socket.socket, entrance: str | None = None) -> Iterator[str]:
    """Yield what a person has to know of a server that begins to listen."""
    address = _address(listener)
    yield Text(f"已在 {address} 打开，Ctrl-C 停止。", en=f"Serving {address}, Ctrl-C stops.")
    if not address.startswith(("http://127.", "http://[::1]")):
        yield Text(
            "注意：其他机器也能打开；未登录者只见公开内容。对外服务请放在 TLS 代理之后。",
            en="Mind: other machines can open it; who is not logged in sees what is public. Put it behind TLS.",
        )
    elif entrance is not None:
        enter = f"{address}/enter?token={entrance}"
        yield Text(f"以本机管理员进入：{enter}", en=f"Enter as the administrator of this machine: {enter}")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let the server end on signals and the program go on after it, instead of dying of the same signal."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {one: signal.signal(one, lambda *_: None) for one in signals}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)

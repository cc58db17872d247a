"""The watchdog ends a call at its deadline, and only that call."""

from __future__ import annotations

import gc
import os
import socket
import threading
import time
from collections.abc import Callable

import pytest

from connectors.sdk import Call, TransientError
from connectors.sdk.testing.faults import DripHeaders, FaultProxy, Hang, Latency
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer, json_answer
from connectors.sdk.watchdog import Watch, watch_until
from tests.connectors.sdk.probe import LOOPBACK, Probe, ProbeConfig


class Echo(SimulatorServer):
    """Answers with the path that was asked for."""

    def answer(self, request: SimRequest) -> SimAnswer:
        return json_answer({"path": request.path})


def _pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair()


def _is_shut(peer: socket.socket) -> bool:
    peer.settimeout(5)
    return peer.recv(1) == b""


def test_the_socket_is_shut_at_the_deadline() -> None:
    ours, peer = _pair()
    with ours, peer:
        watch = watch_until(time.monotonic() + 0.05)
        watch.hold(ours)
        assert _is_shut(peer)
        assert watch.finish()


def test_a_finished_watch_shuts_nothing() -> None:
    ours, peer = _pair()
    with ours, peer:
        watch = watch_until(time.monotonic() + 0.05)
        watch.hold(ours)
        assert not watch.finish()
        time.sleep(0.15)
        ours.send(b"x")
        assert peer.recv(1) == b"x"


def test_a_socket_that_was_let_go_belongs_to_its_next_call() -> None:
    ours, peer = _pair()
    with ours, peer:
        first, second = watch_until(time.monotonic() + 0.05), watch_until(time.monotonic() + 60)
        first.hold(ours)
        first.let_go()
        second.hold(ours)
        while not first.fired:
            time.sleep(0.005)
        ours.send(b"x")
        assert peer.recv(1) == b"x"
        second.finish()


def test_a_socket_that_comes_after_the_deadline_is_shut_at_once() -> None:
    ours, peer = _pair()
    with ours, peer:
        watch = Watch(time.monotonic())
        watch.fire()
        watch.hold(ours)
        assert _is_shut(peer)
        watch.finish()


def test_a_descriptor_that_was_closed_and_used_again_is_left_alone() -> None:
    """The number of a closed socket goes to the next one; the watch must not follow the number."""
    ours, peer = _pair()
    watch = watch_until(time.monotonic() + 60)
    watch.hold(ours)
    number = ours.fileno()
    ours.close()
    again, other = _pair()
    with peer, again, other:
        assert number in (again.fileno(), other.fileno())
        watch.fire()
        again.send(b"x")
        assert other.recv(1) == b"x"
        watch.finish()


def test_earlier_deadlines_are_met_before_later_ones() -> None:
    late = watch_until(time.monotonic() + 60)
    early = watch_until(time.monotonic() + 0.02)
    end = time.monotonic() + 5
    while not early.fired and time.monotonic() < end:
        time.sleep(0.005)
    assert early.fired
    assert not late.fired
    late.finish()


def test_a_deadline_of_infinity_does_not_end_the_watchdog() -> None:
    watch = watch_until(float("inf"))
    time.sleep(0.05)
    test_the_socket_is_shut_at_the_deadline()
    watch.finish()


def test_one_thread_watches_over_all_calls() -> None:
    watches = [watch_until(time.monotonic() + 60) for _ in range(200)]
    assert sum(1 for thread in threading.enumerate() if thread.name == "deadline-watchdog") == 1
    for watch in watches:
        watch.finish()


def test_a_forked_process_has_a_watchdog_of_its_own() -> None:
    watch_until(time.monotonic() + 60).finish()
    child = os.fork()
    if child == 0:  # pragma: no cover - the child's answer is its exit status.
        watch = watch_until(time.monotonic() + 0.02)
        end = time.monotonic() + 5
        while not watch.fired and time.monotonic() < end:
            time.sleep(0.005)
        os._exit(0 if watch.fired else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_no_descriptor_is_left_behind() -> None:
    with Echo() as simulator, FaultProxy(simulator.url) as proxy:
        probe = Probe(ProbeConfig(base_url=proxy.url), egress=LOOPBACK)
        probe.get_json("warm", Call.within(5))
        before = _descriptors()
        for _ in range(5):
            with proxy.faulty(Hang()), pytest.raises(TransientError):
                probe.get_json("slow", Call.within(0.05))
            probe.get_json("fast", Call.within(5))
        gc.collect()
        assert _eventually(lambda: _descriptors() <= before + 2)
        probe.close()


def test_a_call_on_a_pooled_socket_survives_the_deadline_of_the_one_before() -> None:
    """The first call's deadline comes while the same socket waits for the answer of the second."""
    with Echo() as simulator, FaultProxy(simulator.url) as proxy:
        probe = Probe(ProbeConfig(base_url=proxy.url), egress=LOOPBACK)
        probe.get_json("first", Call.within(0.4))
        with proxy.faulty(Latency(0.6)):
            assert probe.get_json("second", Call.within(30)) == {"path": "/second"}
        assert proxy.connections == 1, "both calls were to use one connection"
        probe.close()


def test_a_watch_lets_go_before_the_socket_is_pooled() -> None:
    """A picture that was read, but not to the point of knowing its end, has given its socket back."""
    with Echo() as simulator, FaultProxy(simulator.url) as proxy:
        probe = Probe(ProbeConfig(base_url=proxy.url), egress=LOOPBACK)
        picture = probe.stream(f"{proxy.url}/a.png", Call.within(0.4), content_types={"application/json"})
        assert next(iter(picture.chunks))
        with proxy.faulty(Latency(0.6)):
            assert probe.get_json("second", Call.within(30)) == {"path": "/second"}
        assert proxy.connections == 1, "both calls were to use one connection"
        picture.chunks.close()
        probe.close()


def test_threads_that_share_a_pool_are_ended_one_by_one() -> None:
    """Half of the calls drip and are ended; the other half, on sockets of the same pool, are not."""
    with Echo() as simulator, FaultProxy(simulator.url) as slow:
        good = Probe(ProbeConfig(base_url=simulator.url), egress=LOOPBACK)
        bad = Probe(ProbeConfig(base_url=slow.url), egress=LOOPBACK)
        failures: list[BaseException] = []
        timeouts: list[bool] = []

        def read_well() -> None:
            for _ in range(30):
                good.get_json("files", Call.within(5))

        def read_badly() -> None:
            for _ in range(3):
                try:
                    bad.get_json("files", Call.within(0.05))
                except TransientError as error:
                    timeouts.append(error.timeout)

        with slow.faulty(DripHeaders(every_s=0.01)):
            _run_all([_noting(failures, read_well)] * 4 + [_noting(failures, read_badly)] * 4)
        assert not failures
        assert timeouts == [True] * 12
        good.close()
        bad.close()


def test_the_answer_that_comes_after_a_killed_call_is_its_own() -> None:
    """A late answer to a killed call is never read as the answer to the next one."""
    with Echo() as simulator, FaultProxy(simulator.url) as proxy:
        probe = Probe(ProbeConfig(base_url=proxy.url), egress=LOOPBACK)
        for n in range(5):
            with proxy.faulty(Hang()), pytest.raises(TransientError):
                probe.get_json(f"lost-{n}", Call.within(0.05))
            assert probe.get_json(f"kept-{n}", Call.within(5)) == {"path": f"/kept-{n}"}
        probe.close()


def test_a_handshake_that_never_ends_is_ended() -> None:
    """A server that accepts and says nothing, not even a TLS greeting."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        probe = Probe(ProbeConfig(base_url=f"https://127.0.0.1:{server.getsockname()[1]}"), egress=LOOPBACK)
        with pytest.raises(TransientError) as error:
            probe.get_json("files", Call.within(0.1))
        assert error.value.timeout
        probe.close()


def test_a_handshake_that_drips_is_ended() -> None:
    """A TLS record that arrives byte by byte restarts a socket's own timeout each time."""
    stop = threading.Event()

    def drip(server: socket.socket) -> None:
        client, _ = server.accept()
        with client:
            client.send(b"\x16\x03\x03\x40\x00")
            while not stop.wait(0.02):
                try:
                    client.send(b"\x02")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        probe = Probe(ProbeConfig(base_url=f"https://127.0.0.1:{server.getsockname()[1]}"), egress=LOOPBACK)
        started = time.monotonic()
        with pytest.raises(TransientError) as error:
            probe.get_json("files", Call.within(0.2))
        assert error.value.timeout
        assert time.monotonic() - started < 3
        stop.set()
        thread.join()
        probe.close()


def test_a_body_that_is_never_read_by_the_server_is_ended() -> None:
    """A large POST to a server that does not read fills the buffers and blocks in send."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        probe = Probe(ProbeConfig(base_url=f"http://127.0.0.1:{server.getsockname()[1]}"), egress=LOOPBACK)
        with pytest.raises(TransientError) as error:
            probe.request("POST", "files", Call.within(0.2), body=b"x" * 30_000_000)
        assert error.value.timeout
        probe.close()


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - one number, not paths.


def _eventually(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def _noting(failures: list[BaseException], work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the test looks at it.
            failures.append(error)

    return run


def _run_all(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

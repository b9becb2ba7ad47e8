"""Frames that are no message, or not from who has the key."""

import json

import pytest
from client import DELIMITER
from faults import NEVER, quiet, survives, witness  # noqa: F401
from fixtures import client, code, kernel  # noqa: F401


def bad_signatures(good):
    return {
        "empty": b"",
        "wrong": b"0" * 64,
        "truncated": good[:-1],
        "half": good[:32],
        "appended": good + b"0",
        "twice": good + good,
        "upper": good.upper() if good.upper() != good else b"F" * 64,
        "binary": bytes(range(64)),
        "one digit off": good[:-1] + (b"1" if good[-1:] != b"1" else b"2"),
        "huge": good * 1000,
    }


@pytest.mark.fault("a signature that is empty, wrong, truncated, over-long, in upper case, binary", "dropped and logged; no message at all")
@pytest.mark.parametrize("name", bad_signatures(b"a" * 64))
def test_a_bad_signature_is_dropped(client, code, name):
    frames = client.frames("execute_request", {"code": code.say(NEVER)})
    frames[1] = bad_signatures(frames[1])[name]
    quiet(client, frames)


@pytest.mark.fault("the signature of another content", "dropped and logged; no message at all")
def test_a_signature_of_other_content_is_dropped(client, code):
    frames = client.frames("execute_request", {"code": code.trivial})
    frames[5] = json.dumps({"code": code.say(NEVER)}).encode()
    quiet(client, frames)


@pytest.mark.fault("0 to 6 frames", "dropped and logged")
@pytest.mark.parametrize("count", range(7))
def test_few_frames_are_dropped(client, code, count):
    whole = client.frames("execute_request", {"code": code.say(NEVER)})
    for frames in ([b"x"] * count, whole[: min(count, 5)], whole[6 - min(count, 5) :]):
        if frames:
            quiet(client, frames)


@pytest.mark.fault("no delimiter, or one with a space", "dropped and logged; no message at all")
def test_no_delimiter_is_dropped(client, code):
    frames = client.frames("execute_request", {"code": code.say(NEVER)})
    quiet(client, frames[1:])
    quiet(client, [b"<IDS|MSG> ", *frames[1:]])


@pytest.mark.fault("delimiters instead of frames, and behind the content", "dropped; ignored")
def test_delimiter_in_odd_places(client, code):
    quiet(client, [DELIMITER] * 3)
    quiet(client, [DELIMITER] * 10)
    header = client.header("kernel_info_request")
    frames = client.frames("kernel_info_request", {}, header=header)
    client.sockets["shell"].send_multipart([*frames, DELIMITER, DELIMITER])
    client.gather(header["msg_id"])
@pytest.mark.fault("1,000 and 20,000 frames before the delimiter, 1,000 buffers behind the content", "the first dropped, the buffers ignored")
def test_a_thousand_frames(client, code):
    quiet(client, [b"x"] * 1000)
    quiet(client, [b"x"] * 1000 + client.frames("execute_request", {"code": code.say(NEVER)}))
    quiet(client, [b""] * 20_000)
    # After the content they are buffers, which are nobody's fault.
    header = client.header("kernel_info_request")
    frames = client.frames("kernel_info_request", {}, header=header)
    client.sockets["shell"].send_multipart(frames + [b"buffer"] * 1000)
    client.gather(header["msg_id"])


@pytest.mark.fault("two more identities, as a proxy adds", "answered, with them")
def test_extra_identities_come_back(client):
    header = client.header("kernel_info_request")
    frames = client.frames("kernel_info_request", {}, header=header)
    client.sockets["shell"].send_multipart([b"proxy", b"", *frames])
    reply = next(m for m in client.gather(header["msg_id"]) if m.channel == "shell")
    assert reply.prefix == [b"proxy", b""]


@pytest.mark.fault("a message sent twice", "run once")
def test_a_replayed_message_runs_once(client, code):
    count = client.execute(code.trivial)[0].content["execution_count"]
    header = client.header("execute_request")
    frames = client.frames("execute_request", {"code": code.trivial}, header=header)
    client.sockets["shell"].send_multipart(frames)
    client.gather(header["msg_id"])
    quiet(client, frames)
    assert client.execute(code.trivial)[0].content["execution_count"] == count + 2


@pytest.mark.fault("three forgeries of a message before it", "dropped; the true message runs")
def test_a_forgery_does_not_spoil_the_true_message(client, code):
    header = client.header("execute_request")
    frames = client.frames("execute_request", {"code": code.trivial}, header=header)
    for _ in range(3):
        quiet(client, [*frames[:5], b"{}"])
    client.sockets["shell"].send_multipart(frames)
    client.gather(header["msg_id"])

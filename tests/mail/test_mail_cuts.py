"""A mail server that hangs up at every point of the conversation: tried again, never thought sent.

A plain socket server: aiosmtpd cannot be told to fall over in the middle of a message.
"""

import socket
import threading

import pytest

from pst_adapters.mail import Security, SmtpMailer
from pst_core.refusal import MailNotSent
from pst_core.testing.contracts.mailer import mail

CUTS = {
    # where the line is cut: what the mailer may say
    "greeting": "mail-server-unreachable",
    "EHLO": "mail-server-unreachable",
    "MAIL": "mail-server-unreachable",
    "RCPT": "mail-server-unreachable",
    "DATA": "maybe-sent",
    "in the message": "maybe-sent",
    "after the message": "maybe-sent",
}


def serve(listening, cut, taken):
    with listening.accept()[0] as line, line.makefile("rwb") as file:

        def say(text):
            file.write(text + b"\r\n")
            file.flush()

        if cut == "greeting":
            return
        say(b"220 hello")
        while words := file.readline():
            verb = words.split()[0].decode().upper()
            if verb == cut:
                return
            if verb != "DATA":
                say(b"221 bye" if verb == "QUIT" else b"250 fine")
                continue
            say(b"354 go on")
            body = b""
            while (row := file.readline()) != b".\r\n":
                body += row
                if cut == "in the message" and len(body) > 500:
                    return
            taken.append(body)
            if cut == "after the message":
                return
            say(b"250 taken")


@pytest.mark.parametrize("cut", [*CUTS, "nowhere"])
def test_a_line_cut_anywhere_is_tried_again_under_the_same_id(cut):
    taken = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening, cut, taken))
        thread.start()
        mailer = SmtpMailer(
            "127.0.0.1", listening.getsockname()[1], security=Security.PLAIN, timeout=60
        )
        if cut == "nowhere":
            mailer.send(mail())
        else:
            with pytest.raises(MailNotSent) as caught:
                mailer.send(mail())
            assert caught.value.code == CUTS[cut]
        thread.join()
    assert len(taken) == (cut in ("after the message", "nowhere"))

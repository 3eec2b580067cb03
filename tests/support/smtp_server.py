"""A real SMTP server for the tests: STARTTLS or TLS, a login, and every accepted message in a folder.

    smtp_server.py FOLDER PORT starttls|tls|plain

FOLDER contains cert.pem and key.pem, and these files, which a test reads or writes:

    port          the port it listens on, written when it does
    behaviour     how to treat messages, read again for each one: see BEHAVIOURS
    events        one line per event
    N.eml         the accepted messages, in order; N.to has the recipients

The login is "taskward" with the password "a mail password". The server exits at end of file on standard input, so that it
does not outlive its test.
"""

import asyncio
import logging
import os
import ssl
import sys
import threading
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

BEHAVIOURS = """
accept            accepts the message
reject CODE       replies CODE to the content
reject-rcpt CODE  replies CODE and the recipient to RCPT TO
echo CODE         replies CODE and the subject to the content
slow SECONDS      accepts the message after a delay
die               closes the connection in the middle of the content
forget            accepts the message, and closes the connection instead of replying
linger SECONDS    accepts the message, and replies to QUIT after a delay
"""

folder = sys.argv[1]
logging.disable()
warnings.simplefilter("ignore")


def write(name, content, mode="w"):
    with open(os.path.join(folder, name), mode) as out:
        out.write(content)


def event(text):
    write("events", text + "\n", "a")


def behaviour():
    try:
        with open(os.path.join(folder, "behaviour")) as lines:
            words = lines.read().split() or ["accept"]
    except FileNotFoundError:
        words = ["accept"]
    return words[0], words[1] if len(words) > 1 else ""


class Handler:
    def __init__(self):
        # Counts messages accepted before a restart.
        self.accepted = sum(name.endswith(".eml") for name in os.listdir(folder))

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        what, argument = behaviour()
        if what == "reject-rcpt":
            event("rejected recipient")
            return f"{argument} 5.1.1 <{address}> is not taken here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        what, argument = behaviour()
        encrypted = session.ssl or sys.argv[3] == "tls"
        event(f"content {'tls' if encrypted else 'plain'} {'login' if session.authenticated else 'no-login'}")
        if what == "reject":
            return f"{argument} 4.2.0 not now or not ever"
        if what == "echo":
            subject = envelope.content.split(b"\r\n", 1)[0].decode()
            return f"{argument} spam: {subject} for {envelope.rcpt_tos[0]}"
        if what == "slow":
            await asyncio.sleep(float(argument))
        self.accepted += 1
        write(f"{self.accepted}.to", "\n".join(envelope.rcpt_tos))
        write(f"{self.accepted}.new", envelope.content, "wb")
        os.rename(os.path.join(folder, f"{self.accepted}.new"), os.path.join(folder, f"{self.accepted}.eml"))
        event("accepted")
        if what == "forget":
            server.transport.abort()
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        what, argument = behaviour()
        if what == "linger":
            await asyncio.sleep(float(argument))
        return "221 Bye"


class Server(SMTP):
    async def smtp_DATA(self, arg):
        if behaviour()[0] != "die":
            return await super().smtp_DATA(arg)
        await self.push("354 go on")
        await self._reader.readuntil(b"\r\n")
        event("died")
        self.transport.abort()
        return None


def authenticate(server, session, envelope, mechanism, auth_data):
    good = auth_data.login == b"taskward" and auth_data.password == b"a mail password"
    event(f"login {'good' if good else 'bad'}")
    return AuthResult(success=good, handled=False)


async def serve(port, encryption):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    handler = Handler()

    def connection():
        return Server(
            handler,
            hostname="localhost",
            tls_context=context if encryption == "starttls" else None,
            require_starttls=encryption == "starttls",
            auth_required=encryption != "plain",
            auth_require_tls=encryption == "starttls",
            authenticator=authenticate,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(
        connection, host="127.0.0.1", port=port, ssl=context if encryption == "tls" else None
    )
    write("port.new", str(server.sockets[0].getsockname()[1]))
    os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
    await server.serve_forever()


threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
asyncio.run(serve(int(sys.argv[2]), sys.argv[3]))

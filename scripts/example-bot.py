#!/usr/bin/env python3
"""A whole bot in another language, to try the simulator with: it repeats what customers write.

    python3 scripts/example-bot.py [SIMULATOR] [PORT]

Needs nothing but Python's own library and the openssl command. Talks to SIMULATOR, by default
http://127.0.0.1:8090, and takes callbacks at http://127.0.0.1:PORT/callback, by default 8080. The
credentials are those that `switchboard simulate` prints.

It shows what a bot has to get right: check and open callbacks, answer them at once and pull
afterwards, remember the cursor, drop rows that come twice, name each answer by the message it
answers, and repeat a call whose answer was lost under the same msgid.
"""
import base64
import hashlib
import http.client
import http.server
import json
import queue
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8090"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8080
CORP, SECRET = "ww0000demo00000001", "demo-secret-of-the-simulator"
TOKEN, AES_KEY = "kfDemoToken2026", "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"

# What another try can mend, as answers and as numbers of the platform.
BUSY, STALE_TOKEN, DUPLICATE = {-1}, {40014, 41001, 42001}, 95024
BAD_CURSOR = 50100
LOST = (urllib.error.URLError, http.client.HTTPException, OSError, ValueError)


def opened(query, encrypted):
    """The text inside a callback or an echostr; an error unless the platform sealed it."""
    parts = sorted([TOKEN, query["timestamp"], query["nonce"], encrypted])
    if hashlib.sha1("".join(parts).encode()).hexdigest() != query["msg_signature"]:
        raise ValueError("the signature is wrong")
    key = base64.b64decode(AES_KEY + "=")
    plain = subprocess.run(
        ["openssl", "enc", "-d", "-aes-256-cbc", "-nopad", "-K", key.hex(), "-iv", key[:16].hex()],
        input=base64.b64decode(encrypted), capture_output=True, check=True).stdout
    # The padding goes up to 32, which openssl's own would refuse.
    plain = plain[:-plain[-1]]
    length = int.from_bytes(plain[16:20], "big")
    if plain[20 + length:].decode() != CORP:
        raise ValueError("meant for another corp")
    return plain[20:20 + length].decode()


class Platform:
    """Calls of the platform, with an access token that is fetched anew when it is refused."""

    def __init__(self):
        self.token = None

    def request(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{BASE}/cgi-bin/{path}", data, timeout=3) as reply:
            return json.load(reply)

    def call(self, path, body):
        for attempt in range(8):
            if attempt:
                time.sleep(0.1 * attempt)
            try:
                if self.token is None:
                    query = urllib.parse.urlencode({"corpid": CORP, "corpsecret": SECRET})
                    self.token = self.request(f"gettoken?{query}").get("access_token")
                reply = self.request(f"kf/{path}?access_token={self.token}", body)
            except LOST as loss:
                print(f"{path}: {loss}; once more", flush=True)
                continue
            if reply["errcode"] in STALE_TOKEN:
                self.token = None
            elif reply["errcode"] not in BUSY:
                return reply
        return reply


def run(platform, news):
    """Pulls what each callback announces, and answers it."""
    cursors, seen = {}, set()
    while True:
        account, token = news.get()
        more = True
        while more:
            page = platform.call("sync_msg", {
                "open_kfid": account, "token": token, "cursor": cursors.get(account, "")})
            if page["errcode"] == BAD_CURSOR and cursors.pop(account, None):
                continue  # what comes again is dropped below
            if page["errcode"]:
                print(f"sync_msg: {page['errcode']}", flush=True)
                break
            for row in page["msg_list"]:
                if row["msgid"] in seen or row["origin"] != 3 or row["msgtype"] != "text":
                    continue
                seen.add(row["msgid"])
                name = hashlib.sha256(row["msgid"].encode()).hexdigest()[:32]
                sent = platform.call("send_msg", {
                    "touser": row["external_userid"], "open_kfid": account, "msgid": name,
                    "msgtype": "text", "text": {"content": "收到：" + row["text"]["content"]}})
                if sent["errcode"] not in (0, DUPLICATE):
                    print(f"send_msg: {sent['errcode']}", flush=True)
            cursors[account], more = page["next_cursor"], page["has_more"] == 1


def handler(news):
    class Callback(http.server.BaseHTTPRequestHandler):
        def query(self):
            text = urllib.parse.urlparse(self.path).query
            return dict(urllib.parse.parse_qsl(text))

        def answer(self, work):
            try:
                status, text = 200, work()
            except (KeyError, ValueError, AttributeError, subprocess.CalledProcessError):
                status, text = 403, ""
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())
            except OSError:
                pass  # the platform has stopped waiting, and will call again

        def do_GET(self):
            self.answer(lambda: opened(self.query(), self.query()["echostr"]))

        def do_POST(self):
            self.answer(self.taken)

        def taken(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            encrypted = re.search(r"<Encrypt><!\[CDATA\[(.*?)\]\]></Encrypt>", body).group(1)
            message = opened(self.query(), encrypted)
            account = re.search(r"<OpenKfId><!\[CDATA\[(.*?)\]\]>", message).group(1)
            token = re.search(r"<Token><!\[CDATA\[(.*?)\]\]>", message).group(1)
            news.put((account, token))
            return "success"

        def log_message(self, *_):
            pass

    return Callback


def main():
    news = queue.Queue()
    threading.Thread(target=run, args=(Platform(), news), daemon=True).start()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), handler(news))
    print(f"callbacks are taken at http://127.0.0.1:{PORT}/callback", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

"""A small OpenID Connect provider: authorise, token, keys, user info; RS256, PKCE checked."""

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "plan", "client-secret"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """What the provider says of whoever signs in, and how it misbehaves."""

    claims: dict = field(default_factory=lambda: {"sub": "7", "preferred_username": "ana"})
    token: dict = field(default_factory=dict)
    key: rsa.RSAPrivateKey = KEY
    broken: bool = False
    codes: dict = field(default_factory=dict)
    address: str = ""

    def __enter__(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                url = urlsplit(self.path)
                if url.path == "/authorize":
                    asked = dict(parse_qsl(url.query))
                    provider.codes["code-1"] = asked
                    back = urlencode({"code": "code-1", "state": asked["state"]})
                    self.send_response(302)
                    self.send_header("Location", f"{asked['redirect_uri']}?{back}")
                    self.end_headers()
                elif url.path == "/jwks":
                    key = json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k1", "alg": "RS256"}
                    self.answer({"keys": [key]})
                elif url.path == "/userinfo":
                    known = self.headers["Authorization"] == "Bearer access-1"
                    self.answer(provider.claims if known else {}, 200 if known else 401)

            def do_POST(self):
                sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                asked = provider.codes.pop(sent["code"][0], None)
                verifier = sent.get("code_verifier", [""])[0]
                challenge = (
                    base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
                )
                right = (
                    not provider.broken
                    and asked
                    and sent["client_id"] == [CLIENT]
                    and sent["client_secret"] == [SECRET]
                    and asked["code_challenge"] == challenge
                )
                if not right:
                    self.answer({"error": "invalid_grant"}, 400)
                    return
                now = int(time.time())
                claims = {
                    "iss": provider.address, "aud": CLIENT, "sub": provider.claims["sub"],
                    "iat": now, "exp": now + 60, "nonce": asked["nonce"],
                } | provider.token  # fmt: skip
                token = jwt.encode(claims, provider.key, algorithm="RS256", headers={"kid": "k1"})
                self.answer({"access_token": "access-1", "id_token": token, "token_type": "Bearer"})

            def answer(self, body, status=200):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *about):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

"""Signing in: by the host's own OpenID Connect provider, or as anybody in a demonstration.

The provider says who somebody is and, in a claim, what they are; the portal keeps no password.
"""

from __future__ import annotations

import secrets
from typing import Annotated, Any

import attrs
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from litestar import get, post
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect, Template

from pst_core.refusal import BadInput
from pst_core.text import Text
from pst_core.visit import visitor_key

from .people import DEMONSTRATION, DESKS, Person
from .settings import Oidc
from .web import Web, away, form_of, house_of, page, run

__all__ = ["ROUTES"]

_HOME = {"applicant": "/requests", "officer": "/work", "counter": "/counter",
         "treasurer": "/treasurer", "head": "/report", "auditor": "/work"}  # fmt: skip


def _inside(to: str) -> str:
    """Return ``to`` if it is a page of this portal."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else ""


@get("/sign-in", sync_to_thread=False)
def sign_in(request: Web, to: FromQuery[str] = "") -> Template:
    """Show the ways to sign in."""
    request.session["to"] = _inside(to)
    unsent = request.session.get("unsent")  # a key; empty if the form could not be kept
    return page(request, "sign-in.html", people=DEMONSTRATION, unsent=unsent)


def _entered(request: Web, person: Person) -> Redirect:
    """Open a fresh session for ``person``: only basket and language come along."""
    house = house_of(request)
    if person.desk != "applicant":
        person = attrs.evolve(person, office=house.office.code)
    house.desk.note("signed-in", by=person.actor)
    kept = {k: request.session[k] for k in ("lang", "basket", "unsent") if k in request.session}
    to = request.session.get("to") or _HOME[person.desk]
    request.session.clear()
    request.session.update(kept, person=attrs.asdict(person))
    return away(to)


@post("/sign-in/demonstration")
async def demonstration(request: Web) -> Redirect:
    """Enter as one of the invented people; there is no such door where a provider is set."""
    if not house_of(request).settings.demonstration:
        raise _refused("no-demonstration")
    form = await form_of(request)
    name, email = form.get("name", "").strip(), form.get("email", "").strip()
    person = next((p for p in DEMONSTRATION if p.id == form.get("person")), None)
    if person is None and name and email:
        person = Person.of_email(email, name)
    if person is None:
        raise _refused("nobody-chosen")
    return await run(_entered, request, person)


@post("/sign-out", sync_to_thread=False)
def sign_out(request: Web) -> Redirect:
    """Leave."""
    kept = {k: request.session[k] for k in ("lang", "unsent") if k in request.session}
    request.session.clear()
    request.session.update(kept)
    return away("/")


@post("/language")
async def language(request: Web) -> Redirect:
    """Switch between Indonesian and English, and stay on the page."""
    form = await form_of(request)
    request.session["lang"] = "en" if form.get("lang") == "en" else "id"
    return away(_inside(form.get("to", "")) or "/")


# -- OpenID Connect -----------------------------------------------------------------------------


def _provider(oidc: Oidc) -> dict[str, Any]:
    place = f"{oidc.issuer.rstrip('/')}/.well-known/openid-configuration"
    said = _fetched(place)
    if said["issuer"] != oidc.issuer:
        raise _refused("issuer-differs")
    return said


def _fetched(place: str) -> dict[str, Any]:
    answer = requests.get(place, timeout=10)
    answer.raise_for_status()
    return dict(answer.json())


def _client(oidc: Oidc, url: str) -> OAuth2Session:
    return OAuth2Session(
        oidc.client_id, oidc.client_secret or None, scope="openid profile email",
        redirect_uri=f"{url}/sign-in/back", code_challenge_method="S256",
    )  # fmt: skip


@get("/sign-in/provider")
async def to_provider(request: Web) -> Redirect:
    """Go to the provider; state, nonce and PKCE verifier wait in the session."""
    settings = house_of(request).settings
    if settings.oidc is None:
        raise _refused("no-provider")
    try:
        said = await run(_provider, settings.oidc)
    except (requests.RequestException, KeyError, ValueError) as error:
        raise _refused("provider-away") from error
    nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    with _client(settings.oidc, settings.url) as client:
        to, state = client.create_authorization_url(
            said["authorization_endpoint"], nonce=nonce, code_verifier=verifier
        )
    request.session["oidc"] = {"state": state, "nonce": nonce, "verifier": verifier}
    return Redirect(to, status_code=303)


@get("/sign-in/back")
async def from_provider(
    request: Web,
    given_state: Annotated[str, QueryParameter(name="state")] = "",
    error: FromQuery[str] = "",
) -> Redirect:
    """Come back from the provider: the answer must be the one to our own question."""
    settings, asked = house_of(request).settings, request.session.pop("oidc", None)
    if error:  # not every provider repeats the state when it says no; nobody is signed in by it
        raise _refused("provider-refused")
    if settings.oidc is None or not asked or given_state != asked["state"]:
        raise _refused("answer-unasked")
    try:
        person = await run(_identified, settings.oidc, settings.url, str(request.url), asked)
    except (
        requests.RequestException, AuthlibBaseError, JoseError, KeyError, ValueError,
    ) as wrong:  # fmt: skip
        raise _refused("answer-invalid") from wrong
    return await run(_entered, request, person)


def _identified(oidc: Oidc, url: str, answer: str, asked: dict[str, str]) -> Person:
    said = _provider(oidc)
    with _client(oidc, url) as client:
        token = client.fetch_token(
            said["token_endpoint"], authorization_response=answer,
            code_verifier=asked["verifier"], state=asked["state"], timeout=10,
        )  # fmt: skip
        keys = KeySet.import_key_set(_fetched(said["jwks_uri"]))
        algorithms = [a for a in said.get("id_token_signing_alg_values_supported", ["RS256"])
                      if a in ("RS256", "PS256", "ES256", "EdDSA")]  # fmt: skip
        decoded = jwt.decode(token["id_token"], keys, algorithms=algorithms)
        claims = CodeIDToken(
            decoded.claims, decoded.header,
            {"iss": {"essential": True, "value": oidc.issuer},
             "aud": {"essential": True, "value": oidc.client_id}},
            {"nonce": asked["nonce"], "client_id": oidc.client_id},
        )  # fmt: skip
        claims.validate(leeway=60)
        told = client.get(said["userinfo_endpoint"], timeout=10).json()
    # many providers tell name and address there alone; it must be of the same person
    more = told if told.get("sub") == claims["sub"] else {}
    return person_of_claims(oidc, {**more, **claims})


def person_of_claims(oidc: Oidc, claims: dict[str, Any]) -> Person:
    """Return who ``claims`` are of. Without a role that we know somebody is an applicant.

    An address counts only if the provider has proven it: it joins the guest book's visits.
    """
    email = claims.get("email", "") if claims.get("email_verified") is True else ""
    roles = claims.get(oidc.roles_claim) or ()
    roles = [roles] if isinstance(roles, str) else roles
    desk = next((d for d in DESKS if d in roles and d != "applicant"), "applicant")
    subject = f"{claims['iss']}|{claims['sub']}"
    key = visitor_key(email=email or subject) if desk == "applicant" else subject
    return Person(key, claims.get("name") or email or claims["sub"], email, desk)


_WHY = {
    "no-demonstration": Text(id="di sini orang masuk lewat penyedia identitas",
                             en="here people sign in at the identity provider"),
    "nobody-chosen": Text(id="nama atau surel belum diisi", en="name or e-mail is empty"),
    "no-provider": Text(id="penyedia identitas belum dipasang", en="no identity provider is set"),
    "provider-away": Text(id="penyedia identitas tidak menjawab",
                          en="the identity provider does not answer"),
    "issuer-differs": Text(id="penyedia identitas menyebut nama lain",
                           en="the identity provider gives another name"),
    "provider-refused": Text(id="penyedia identitas tidak mengizinkan",
                             en="the identity provider did not allow it"),
    "answer-unasked": Text(id="jawaban itu bukan untuk peramban ini, atau sudah dipakai",
                           en="that answer is not for this browser, or was used already"),
    "answer-invalid": Text(id="jawaban penyedia identitas tidak dapat diperiksa",
                           en="the answer of the identity provider cannot be verified"),
}  # fmt: skip


def _refused(code: str) -> BadInput:
    return BadInput(
        code,
        Text(id="Anda tidak dapat masuk: {why}.", en="You cannot be signed in: {why}.").fill(
            why=_WHY[code]
        ),
        remedy=Text(
            id="Mulai lagi dari halaman masuk (tombol Masuk).",
            en="Begin again at the sign-in page (the button Sign in).",
        ),
    )


ROUTES = [
    sign_in, demonstration, sign_out, language, to_provider, from_provider,
]  # fmt: skip

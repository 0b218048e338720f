"""The channel of the patient's page: Rasa mounts it at /webhooks/page/, and all addresses in it are relative.

What is served, and what each message looks like, stands in the README under “The page”. Nothing of a person is
ever in an address, a log or an error.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.exceptions import MethodNotSupported, NotFound, PayloadTooLarge, SanicException
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse, raw

from actions.figures import NoSuchPicture
from actions.interview.summary import Summary, summary_of
from actions.trial import trial
from web import guard, inbox, paper
from web.conversation import Conversation, Conversations
from web.files import Files, StaticFile
from web.limits import Limits
from web.pages import Pages, texts
from web.pictures.pictures import drawn
from web.refusals import Refusal, unreadable
from web.responses import FOR_ALL, PRIVATE, answer, html, pack, public, redirect
from web.settings import PageSettings, read_page_settings
from web.transcript import PICTURES, SVG, Message
from web.visitors import COOKIE, Visitors, cookie, signing_key

logger = logging.getLogger(__name__)

NAME = "page"
#: Where Rasa mounts a channel.
MOUNTED = f"/webhooks/{NAME}"
HOUR = 3600
A_YEAR = 365 * 24 * HOUR
EMBED = "embed.js"
#: Relative addresses: the page's own, its newest message (as templates/chat.html names it), and one level up.
OWN_PAGE, NEWEST, UP = "./", "./#newest", "../"


@dataclass(frozen=True)
class Visit:
    """A request, and who makes it.

    Attributes:
        visitor: the id of the conversation.
        embedded: whether it travels as a bearer token; else as a cookie.
    """

    visitor: str
    embedded: bool


class PageChannel(InputChannel):
    """Serves the page, and takes the messages of the people who use it."""

    def __init__(self, settings: PageSettings | None = None) -> None:
        self._settings = settings or read_page_settings()
        self._visitors = Visitors(signing_key(self._settings))
        self._inbox = inbox.Inbox(trial())
        self._conversations = Conversations()
        self._limits = Limits()
        self._files = Files()
        self._pages = Pages(self._files)
        self._framed = guard.security_headers(frame_ancestors=guard.frame_ancestors(self._settings.embed_origins))
        self._kept = _seconds_kept()

    @classmethod
    def name(cls) -> str:
        """The name under which Rasa mounts it."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> PageChannel:
        """The channel as credentials.yml asks for it; what is set comes from the environment."""
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses of the page."""
        page = Blueprint(NAME)
        for address, handler, methods in (
            ("/", self.page, ("GET", "HEAD")),
            ("/say", self.say, ("POST",)),
            ("/messages", self.messages, ("GET",)),
            ("/messages", self.take_message, ("POST",)),
            ("/start-over", self.start_over, ("POST",)),
            ("/delete", self.delete, ("POST",)),
            ("/static/<address>", self.file, ("GET", "HEAD")),
            (f"/{EMBED}", self.embed, ("GET", "HEAD")),
            ("/demo", self.demo, ("GET", "HEAD")),
            (f"/{PICTURES}/<name>", self.picture, ("GET", "HEAD")),
            ("/summary", self.summary, ("POST",)),
            ("/summary.pdf", self.summary_pdf, ("POST",)),
        ):
            # Sanic writes on its handlers, which a method does not let it do.
            page.add_route(partial(handler), address, methods=methods, name=handler.__name__)
        page.listener("before_server_start")(self._watch_over)
        return page

    # What is shown

    async def page(self, request: Request) -> HTTPResponse:
        """The page with the conversation so far; with ?embedded=1 the chat alone, for a frame."""
        if not request.path.endswith("/"):
            return redirect(f"{NAME}/", 308)
        visit = self._visit(request)
        return await self._page(request, visit)

    async def messages(self, request: Request) -> HTTPResponse:
        """The conversation so far, as JSON."""
        visit = self._visit(request)
        conversation = await self._conversations.read(_agent(request), visit.visitor)
        return self._answer(request, visit, conversation.messages, conversation)

    async def file(self, request: Request, address: str) -> HTTPResponse:
        """A file of static/ under the address with its hash."""
        try:
            file = self._files.at(address)
        except KeyError:
            raise Refusal("not_found", 404) from None
        forever = {**FOR_ALL, "Cache-Control": f"public, max-age={A_YEAR}, immutable"}
        return public(file.content, file.type, A_YEAR, _accepts(request), file.packed, forever)

    async def embed(self, request: Request) -> HTTPResponse:
        """The way to the script that puts the chat on a clinic's page, without its hash."""
        return redirect(f"static/{self._static(EMBED).address}", 302, {**FOR_ALL, "Cache-Control": "no-cache"})

    async def demo(self, request: Request) -> HTTPResponse:
        """A clinic's page with the chat in its corner."""
        text = self._pages.render("demo.html", trial().language, integrity=self._static(EMBED).integrity)
        headers = guard.security_headers(frame_src=guard.SELF, form_action=guard.NONE, connect_src=guard.NONE)
        return html(text, headers=headers)

    async def picture(self, request: Request, name: str) -> HTTPResponse:
        """A picture as SVG, or, without that ending, the page with the picture and its numbers."""
        language = trial().language
        try:
            picture = drawn(language, name.removesuffix(SVG))
        except NoSuchPicture:
            raise Refusal("not_found", 404) from None
        if name.endswith(SVG):
            content = picture.svg.encode()
            return public(content, "image/svg+xml", HOUR, _accepts(request), pack(content))
        text = self._pages.render(
            "picture.html",
            language,
            UP,
            title=picture.title,
            picture=picture.name + SVG,
            alternative=picture.alternative,
            table={"caption": picture.title, "head": picture.head, "rows": picture.rows},
            note=picture.note,
        )
        return html(text)

    async def summary(self, request: Request) -> HTTPResponse:
        """The pre-screening to print; stored nowhere."""
        summary = await self._summary(request)
        if summary is None:
            return redirect(OWN_PAGE, 303)
        return html(self._pages.render("summary.html", summary.language, summary=summary))

    async def summary_pdf(self, request: Request) -> HTTPResponse:
        """The same as a PDF; stored nowhere."""
        summary = await self._summary(request)
        if summary is None:
            return redirect(OWN_PAGE, 303)
        # Others are answered while it is made.
        content = await asyncio.get_running_loop().run_in_executor(None, paper.pdf, summary)
        headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="summary.pdf"'}
        return raw(content, 200, headers, content_type="application/pdf")

    async def _summary(self, request: Request) -> Summary | None:
        """The summary of the visitor's pre-screening; None if there is none."""
        guard.check_sender(request.headers, _host(request), form=True)
        fields = inbox.read_form(_content_type(request), request.body)
        inbox.check_empty(fields)
        visit = self._visit(request, fields.get("token"))
        self._check_rate(request, visit)
        conversation = await self._conversations.read(_agent(request), visit.visitor)
        prescreening = conversation.prescreening
        if prescreening is None or not prescreening.trail:
            return None
        return summary_of(prescreening, conversation.language, conversation.reference)

    # What is said

    async def take_message(self, request: Request) -> HTTPResponse:
        """Takes a message as JSON, and gives the reply."""
        guard.check_sender(request.headers, _host(request), form=False)
        visit = self._visit(request)
        self._check_rate(request, visit)
        said = self._inbox.from_json(_content_type(request), request.body)
        conversation = await self._said(request, visit, said)
        return self._answer(request, visit, conversation.replies(said.id) or [], conversation)

    async def say(self, request: Request) -> HTTPResponse:
        """Takes a message from the form of the page, where scripting is off."""
        guard.check_sender(request.headers, _host(request), form=True)
        fields = inbox.read_form(_content_type(request), request.body)
        visit = self._visit(request, fields.get("token"))
        try:
            self._check_rate(request, visit)
            await self._said(request, visit, self._inbox.from_form(fields))
        except Refusal as refusal:
            return await self._page(request, visit, refusal, fields)
        if visit.embedded:
            # A token must not stand in an address, so the page comes at once.
            return await self._page(request, visit)
        return self._with_cookie(request, visit, redirect(NEWEST, 303))

    async def start_over(self, request: Request) -> HTTPResponse:
        """Erases the conversation, but nothing that was shared, and begins another."""
        visit = await self._erase(request)
        if not inbox.is_json(_content_type(request)):
            if visit.embedded:
                return await self._page(request, visit)
            return self._with_cookie(request, visit, redirect(OWN_PAGE, 303))
        empty = Conversation(None)
        return self._answer(request, visit, empty.messages, empty)

    async def delete(self, request: Request) -> HTTPResponse:
        """Erases the conversation and what was shared from it, and takes the cookie back."""
        visit = await self._erase(request, shared=True)
        if inbox.is_json(_content_type(request)):
            response = answer({"deleted": True})
        else:
            words = texts(trial().language)["deleted"]
            address = f"{OWN_PAGE}?embedded=1" if visit.embedded else OWN_PAGE
            response = html(self._pages.render("notice.html", trial().language, address=address, **words))
        if not visit.embedded:
            response.headers.add("Set-Cookie", cookie("", 0, _host(request)))
        return response

    async def _erase(self, request: Request, shared: bool = False) -> Visit:
        """Erases a conversation, and with `shared` what was shared from it; gives the visit of the next."""
        form = not inbox.is_json(_content_type(request))
        guard.check_sender(request.headers, _host(request), form)
        read = inbox.read_form if form else inbox.read_json
        fields = read(_content_type(request), request.body)
        inbox.check_empty(fields)
        visit = self._visit(request, fields.get("token"))
        # However much somebody has written, they can always erase it.
        self._check_rate(request)
        async with self._conversations.alone(visit.visitor):
            await self._conversations.forget(_agent(request), visit.visitor, shared)
        self._limits.forget(visit.visitor)
        return Visit(self._visitors.new(), visit.embedded)

    async def _said(self, request: Request, visit: Visit, said: inbox.Said) -> Conversation:
        """The conversation with the reply to a message; what has been said before is not said again."""
        agent = _agent(request)
        async with self._conversations.alone(visit.visitor):
            before = await self._conversations.answered(agent, visit.visitor, said.id)
            return before or await self._conversations.say(agent, visit.visitor, said.id, said.text, NAME)

    def _check_rate(self, request: Request, visit: Visit | None = None) -> None:
        address = guard.sender_address(request.headers, request.ip, self._settings.proxies)
        if wait := self._limits.wait(address, visit.visitor if visit else None):
            raise Refusal("too_many", 429, wait)

    # Who it is

    def _visit(self, request: Request, token: str | None = None) -> Visit:
        """Whose request it is; whoever brings nothing that this server has signed is new here."""
        bearer = request.headers.get("authorization", "").partition(" ")
        if bearer[0].lower() == "bearer":
            token = bearer[2].strip()
        embedded = token is not None or request.args.get("embedded") == "1"
        signed = token if embedded else request.cookies.get(COOKIE)
        return Visit(self._visitors.read(signed) or self._visitors.new(), embedded)

    def _with_cookie(self, request: Request, visit: Visit, response: HTTPResponse) -> HTTPResponse:
        if not visit.embedded:
            told = cookie(self._visitors.sign(visit.visitor), self._kept, _host(request))
            response.headers.add("Set-Cookie", told)
        return response

    # How it is told

    async def _page(
        self,
        request: Request,
        visit: Visit,
        refusal: Refusal | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> HTTPResponse:
        """The page; after a refusal with the reason, and with what was written, so that it is not lost."""
        conversation = Conversation(None)
        try:
            conversation = await self._conversations.read(_agent(request), visit.visitor)
        except Refusal as trouble:
            refusal = refusal or trouble
        fields = fields if fields and refusal else {}
        text = self._pages.render(
            "page.html",
            conversation.language,
            messages=conversation.messages,
            state=conversation.state,
            message_id=fields.get("message_id") or str(uuid.uuid4()),
            draft=fields.get("text", ""),
            embedded=visit.embedded,
            token=self._visitors.sign(visit.visitor) if visit.embedded else None,
            error=texts(conversation.language)["errors"][refusal.code] if refusal else None,
        )
        headers = {**(self._framed if visit.embedded else {}), **_retry(refusal)}
        return self._with_cookie(request, visit, html(text, refusal.status if refusal else 200, headers))

    def _answer(
        self, request: Request, visit: Visit, messages: Sequence[Message], conversation: Conversation
    ) -> HTTPResponse:
        told = {"messages": messages, "state": conversation.state}
        if visit.embedded:
            told["token"] = self._visitors.sign(visit.visitor)
        return self._with_cookie(request, visit, answer(told))

    def _refused(self, request: Request, refusal: Refusal) -> HTTPResponse:
        """A refusal in words: as JSON to the widget, else as a page."""
        words = texts(trial().language)["errors"]
        told = words[refusal.code]
        if _wants_json(request):
            return answer({"error": {"code": refusal.code, "text": told}}, refusal.status, _retry(refusal))
        below = request.path.removeprefix(f"{MOUNTED}/").count("/")
        root = UP * below
        text = self._pages.render(
            "notice.html",
            trial().language,
            root,
            heading=words["heading"],
            text=told,
            link=words["link"],
            address=root or OWN_PAGE,
        )
        return html(text, refusal.status, _retry(refusal))

    def _static(self, name: str) -> StaticFile:
        try:
            return self._files[name]
        except KeyError:
            raise Refusal("not_found", 404) from None

    # Sanic

    async def _watch_over(self, app: Sanic, loop: Any) -> None:
        """Sees to every answer under the page's address, also where no route of ours was reached."""
        app.register_middleware(self._secure, "response")
        app.error_handler.add(Exception, self._fail)

    def _secure(self, request: Request, response: BaseHTTPResponse) -> None:
        if _is_ours(request):
            for name, value in guard.security_headers().items():
                response.headers.setdefault(name, value)
            response.headers.setdefault("Cache-Control", "no-store")

    def _fail(self, request: Request, error: Exception) -> HTTPResponse | None:
        if not _is_ours(request):
            return None
        if isinstance(error, Refusal):
            refusal = error
        elif isinstance(error, PayloadTooLarge):
            refusal = Refusal("too_large", 413)
        elif isinstance(error, (NotFound, MethodNotSupported)):
            refusal = Refusal("not_found", error.status_code)
        elif isinstance(error, SanicException) and error.status_code < 500:
            refusal = unreadable(error.status_code)
        elif request.method == "NONE":
            # What came was no HTTP: Sanic has made up a request to be able to answer.
            refusal = unreadable(400)
        else:
            logger.error("The page failed", exc_info=error)
            refusal = Refusal("unavailable", 503)
        return self._refused(request, refusal)


def _agent(request: Request) -> Agent:
    agent: Agent | None = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        raise Refusal("unavailable", 503)
    return agent


def _seconds_kept() -> int:
    """For how long a conversation is kept that nobody goes on with; the cookie goes with it."""
    return int(trial().facts["chat"]["kept"]["number"]) * HOUR


def _is_ours(request: Request) -> bool:
    return request.path == MOUNTED or request.path.startswith(f"{MOUNTED}/")


def _host(request: Request) -> str:
    return str(request.headers.get("host", ""))


def _content_type(request: Request) -> str:
    return str(request.headers.get("content-type", ""))


def _accepts(request: Request) -> str:
    return str(request.headers.get("accept-encoding", ""))


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    if "text/html" in accepted:
        return False
    return (
        request.path.endswith("/messages")
        or inbox.is_json(_content_type(request))
        or accepted.startswith("application/json")
    )


def _retry(refusal: Refusal | None) -> dict[str, str]:
    return {"Retry-After": str(refusal.wait)} if refusal and refusal.wait else {}

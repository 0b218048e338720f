/* The chat of the patient's page: <trial-guide-chat>.
 *
 * The server has already written the conversation and its forms (templates/chat.html); they work without this file.
 * Here the forms are sent without leaving the page, answers appear as they come, and nothing that was written is
 * lost with the connection. Every text is in page.yml; the page hands them over in data-texts.
 */

/** Seconds to wait between tries while there is no connection. */
const WAITS = [1, 2, 4, 8, 15, 30];
/** Milliseconds after which an answer is no longer expected. */
const PATIENCE = 30000;
/** Answers of a server that is starting or too busy: worth another try by itself. */
const PASSING = [502, 503, 504];
/** Buttons whose words are all at most this long share a row. */
const SHORT = 14;
/** A line that ends in a colon, and is at most this long, is a heading. */
const HEADING = 48;
/** What becomes a link in a message: web addresses, and telephone numbers with their country. */
const LINKS = /(https:\/\/[^\s)]+[^\s).,]|\+\d[\d ]{6,}\d)/;

/** The server understood, and said no; the message is for the person. */
class Refused extends Error {}
/** No answer, or none yet: another try may succeed. The message is for the person, if there is one. */
class Passing extends Error {}

/** What is kept for this tab, so that a reload loses nothing; a browser may forbid it. */
const kept = {
  get(name) {
    try {
      return JSON.parse(sessionStorage.getItem(`trial-guide-${name}`));
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value === null) sessionStorage.removeItem(`trial-guide-${name}`);
      else sessionStorage.setItem(`trial-guide-${name}`, JSON.stringify(value));
    } catch {
      // It then lasts as long as the page.
    }
  },
};

/** An element with its properties and what it contains. */
function make(tag, properties = {}, ...content) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...content);
  return element;
}

function last(list) {
  return list[list.length - 1];
}

/** A random id; crypto.randomUUID is missing on pages without https. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

class TrialGuideChat extends HTMLElement {
  connectedCallback() {
    this.texts = JSON.parse(this.dataset.texts);
    this.language = document.documentElement.lang;
    this.parts = Object.fromEntries([...this.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
    this.embedded = "token" in this.dataset;
    this.outbox = kept.get("outbox") ?? [];
    this.showState(JSON.parse(this.dataset.state));
    for (const message of this.parts.log.querySelectorAll(".message")) this.finish(message);
    // From here on what is added is said by a screen reader; what was there already, it reads with the page.
    this.parts.log.setAttribute("aria-live", "polite");
    this.listen();
    this.restore();
    this.settle(false);
  }

  // What the person does

  listen() {
    const { field, keyboard } = this.parts;
    this.addEventListener("submit", (event) => this.submitted(event));
    field.addEventListener("input", () => this.grow());
    field.addEventListener("keydown", (event) => {
      // While letters are being composed (Japanese, accents), Enter belongs to that.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.querySelector(".send").click();
    });
    keyboard.addEventListener("click", () => {
      field.inputMode = field.inputMode === "text" ? this.state.question.inputmode : "text";
      this.nameKeyboard();
      field.focus();
    });
    for (const form of document.querySelectorAll("form[data-confirm]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.confirm(form.dataset.confirm);
      });
    }
    this.listenToThePage();
    this.listenToOtherTabs();
  }

  listenToThePage() {
    const menu = document.querySelector(".menu");
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.parts.dialog.open) return;
      if (menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      } else if (this.embedded) {
        // Nothing of the person is in this word, so any page may hear it.
        parent.postMessage("trial-guide:close", "*");
      }
    });
    addEventListener("offline", () => this.outbox.length || this.note(this.texts.chat.offline_idle, "idle"));
    addEventListener("online", () => this.clearNote("idle"));
    // On iPhones the keyboard lies over the page: the field has to be lifted above it.
    const view = window.visualViewport;
    view?.addEventListener("resize", () => {
      const covered = view.scale === 1 ? innerHeight - view.height - view.offsetTop : 0;
      this.parts.composer.style.bottom = `${Math.max(0, covered)}px`;
    });
  }

  /** Another tab with the same conversation says when something has changed. */
  listenToOtherTabs() {
    if (!this.embedded && "BroadcastChannel" in window) {
      this.tabs = new BroadcastChannel("trial-guide");
      this.tabs.onmessage = () => this.refresh();
    }
    addEventListener("pageshow", (event) => event.persisted && this.refresh());
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
  }

  submitted(event) {
    const { submitter: button, target: form } = event;
    if (form.method === "dialog" || form === this.parts.result) return;
    event.preventDefault();
    if (form === this.parts.composer) this.sayTyped();
    else if (button.name === "button") this.say({ payload: button.value, title: button.textContent.trim() });
    else this.say({ text: button.value });
  }

  sayTyped() {
    const { field } = this.parts;
    const typed = field.value.trim();
    field.focus();
    if (!typed) {
      field.setCustomValidity(this.texts.chat.empty);
      field.reportValidity();
      return;
    }
    // What stands beside the field is what is meant: it is sent along.
    const unit = /^[\d.,\s]+$/.test(typed) ? (this.units?.value ?? this.units?.textContent ?? "") : "";
    field.value = "";
    this.grow();
    this.say({ text: `${typed} ${unit}`.trim() });
  }

  /** The field is as high as what is in it, up to the limit in the style sheet. */
  grow() {
    const { field } = this.parts;
    field.setCustomValidity("");
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 4}px`;
  }

  // Sending

  /** Says something: { text } or, of a button, { payload, title }. */
  say(said) {
    const message = { id: newId(), ...said };
    this.clearNote("failed");
    this.show({ id: message.id, from: "person", text: said.title ?? said.text, time: new Date().toISOString() });
    this.leaveButtons();
    this.offer([]);
    this.queue([...this.outbox, message]);
    this.settle();
    this.deliver();
  }

  /** Focus that was on a button about to go: to where the next buttons will be, and not to nowhere. */
  leaveButtons() {
    const { choices, answers } = this.parts;
    const focused = document.activeElement;
    if (!choices.contains(focused) && !answers.contains(focused)) return;
    answers.open = false;
    choices.focus({ preventScroll: true });
  }

  queue(messages) {
    this.outbox = messages;
    kept.set("outbox", messages.length ? messages : null);
  }

  /** Sends what waits, one after the other. The server knows a message by its id, so a second try doubles nothing. */
  async deliver() {
    if (this.delivering) return;
    const round = (this.delivering = {});
    let tries = 0;
    while (this.outbox.length && this.delivering === round) {
      this.parts.typing.hidden = tries > 0;
      try {
        const answer = await this.ask("POST", "messages", this.outbox[0]);
        if (this.delivering !== round) return;
        tries = 0;
        this.queue(this.outbox.slice(1));
        this.clearNote("connection");
        this.parts.typing.hidden = true;
        this.take(answer);
        this.tabs?.postMessage("changed");
      } catch (trouble) {
        if (this.delivering !== round) return;
        if (trouble instanceof Refused) {
          this.refused(trouble.message);
          break;
        }
        this.parts.typing.hidden = true;
        this.clearNote("idle");
        this.note((trouble instanceof Passing && trouble.message) || this.texts.chat.offline, "connection");
        await this.connection(WAITS[Math.min(tries++, WAITS.length - 1)]);
      }
    }
    if (this.delivering === round) this.delivering = null;
    this.parts.typing.hidden = true;
  }

  /** After some seconds, or at once when the connection is back. */
  connection(seconds) {
    return new Promise((resume) => {
      setTimeout(resume, seconds * 1000);
      addEventListener("online", resume, { once: true });
    });
  }

  refused(words) {
    this.clearNote("connection");
    this.note(words, "failed");
    const again = make("button", { type: "button", textContent: this.texts.chat.send_again });
    again.addEventListener("click", () => {
      this.clearNote("failed");
      this.leaveButtons();
      this.offer([]);
      this.deliver();
    });
    this.offer([again]);
    this.settle();
  }

  /** A request to the server; throws Refused with words for the person, or another error if a later try may succeed. */
  async ask(method, address, body) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE);
    try {
      const headers = body ? { "Content-Type": "application/json" } : {};
      if (this.token) headers.Authorization = `Bearer ${this.token}`;
      const response = await fetch(address, {
        method,
        headers,
        body: body && JSON.stringify(body),
        cache: "no-store",
        signal: patience.signal,
      });
      // An answer that was cut off is no answer; of a refusal the words may be missing.
      const answer = response.ok ? await response.json() : await response.json().catch(() => ({}));
      if (PASSING.includes(response.status)) throw new Passing(answer.error?.text);
      if (!response.ok) throw new Refused(answer.error?.text ?? this.texts.chat.failed);
      if (answer.token) this.token = answer.token;
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Embedded, cookies do not reach the server: this says whose conversation it is. */
  get token() {
    return this.embedded ? (this.bearer ?? kept.get("token") ?? this.dataset.token) : null;
  }

  set token(token) {
    this.bearer = token;
    kept.set("token", token);
  }

  // Restoring

  /** After a reload: what was not sent yet, and embedded the conversation of this tab. */
  restore() {
    if (this.embedded) {
      const earlier = kept.get("token");
      this.token = earlier ?? this.dataset.token;
      if (earlier && earlier !== this.dataset.token) this.refresh();
    }
    for (const message of this.outbox) {
      if (this.shown(message.id)) continue;
      this.show({ id: message.id, from: "person", text: message.title ?? message.text, time: new Date().toISOString() });
    }
    this.deliver();
  }

  /** Fetches the conversation and shows what is new in it; all of it, if it is another one. */
  async refresh() {
    if (this.delivering || this.parts.composer.hidden) return;
    let answer;
    try {
      answer = await this.ask("GET", "messages");
    } catch {
      return; // there will be another occasion
    }
    if (this.delivering) return;
    const known = new Set(answer.messages.map((message) => message.id));
    const others = [...this.parts.log.querySelectorAll(".message")].some((shown) => !known.has(shown.dataset.id));
    if (others) this.clear();
    this.take(answer, others);
  }

  // Starting over, deleting

  confirm(what) {
    const { dialog } = this.parts;
    const words = what === "delete" ? this.texts.delete : this.texts.start_over;
    const [heading, text, sure] = [dialog.querySelector("h2"), dialog.querySelector("p"), dialog.querySelector(".grave")];
    heading.textContent = words.heading;
    text.textContent = words.text;
    sure.textContent = words.sure;
    dialog.returnValue = "no";
    dialog.onclose = () => {
      const menu = document.querySelector(".menu");
      menu.open = false;
      menu.querySelector("summary").focus();
      if (dialog.returnValue === "yes") this.end(what);
    };
    dialog.showModal();
  }

  /** Erases the conversation, and begins the next one or none. */
  async end(what) {
    this.delivering = null; // an answer under way is no longer wanted
    this.queue([]);
    let answer;
    try {
      answer = await this.ask("POST", what, {});
    } catch (trouble) {
      this.note(trouble instanceof Refused ? trouble.message : this.texts.chat.failed, "failed");
      this.settle();
      return;
    }
    this.clear();
    if (what === "delete") this.deleted();
    else {
      this.take(answer, true);
      this.parts.composer.hidden = false;
    }
    this.tabs?.postMessage("changed");
  }

  deleted() {
    this.token = null;
    this.showState({ question: null, answers: [], has_result: false });
    this.parts.composer.hidden = true;
    this.note(this.texts.chat.deleted, "deleted");
    const begin = make("button", { type: "button", textContent: this.texts.chat.begin });
    begin.addEventListener("click", () => {
      this.leaveButtons();
      this.end("start-over");
    });
    this.offer([begin]);
    this.settle();
  }

  clear() {
    this.parts.log.replaceChildren();
    this.offer([]);
    this.parts.typing.hidden = true;
  }

  // Showing

  /** Shows new messages and what can be said next. */
  take(answer, quietly = false) {
    const fresh = answer.messages.filter((message) => !this.shown(message.id));
    fresh.forEach((message) => this.show(message));
    const newest = last(answer.messages);
    if (newest && fresh.includes(newest)) {
      this.offer(newest.from === "guide" ? newest.buttons.map((button) => this.choice(button)) : []);
    }
    this.showState(answer.state);
    if (fresh.length) this.settle(!quietly);
  }

  shown(id) {
    return this.parts.log.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  /** Adds a message to the log: once, and never to be changed, since screen readers say what is added. */
  show(message) {
    const kind = message.custom?.kind;
    const words = make("div", { className: "words" }, ...this.paragraphs(message.text));
    if (kind === "emergency") {
      const { number, call } = this.texts.emergency;
      words.append(make("p", {}, make("a", { className: "call", href: `tel:${number}`, textContent: call })));
    }
    if (message.picture) words.append(this.picture(message.picture));
    if (message.links?.length) words.append(make("ul", { className: "links" }, ...message.links.map((link) => this.link(link))));
    const time = make("time", { dateTime: message.time });
    const who = make("p", { className: "who" }, make("b", { textContent: this.texts.chat[message.from] }), " ", time);
    const article = make("article", { className: `message ${message.from}` }, who, words);
    article.classList.toggle("emergency", kind === "emergency");
    article.classList.toggle("asks", Boolean(message.custom?.question));
    article.dataset.id = message.id;
    article.lang = message.custom?.language ?? this.language;
    this.finish(article);
    this.parts.log.append(article);
  }

  /** Headings, paragraphs and lists, as in the macro “text” of templates/chat.html. */
  paragraphs(text) {
    const parts = [];
    for (const line of text.split("\n").filter((line) => line.trim())) {
      const before = last(parts);
      const item = line.startsWith("• ") && make("li", { textContent: line.slice(2) });
      if (item && before?.tagName === "UL") before.append(item);
      else if (item) parts.push(make("ul", {}, item));
      else parts.push(make("p", { className: line.endsWith(":") && line.length <= HEADING ? "heading" : "", textContent: line }));
    }
    return parts;
  }

  picture({ address, alternative, page }) {
    const image = make("img", { src: address, alt: alternative });
    // It takes its place only now, and pushes what is below.
    image.addEventListener("load", () => this.settle());
    const table = make("a", { href: page, target: "_blank" }, this.texts.chat.table, this.newTab());
    return make("figure", {}, image, make("figcaption", {}, table));
  }

  link({ title, address }) {
    return make("li", {}, make("a", { href: address, target: "_blank", rel: "noopener" }, title, this.newTab()));
  }

  newTab() {
    return make("span", { className: "unseen", textContent: ` (${this.texts.chat.new_tab})` });
  }

  /** The last touch to a message of the server or of this file: its time as the person's clock has it, and links. */
  finish(article) {
    const time = article.querySelector("time");
    time.textContent = this.moment(new Date(time.dateTime));
    if (article.classList.contains("person")) return;
    for (const line of article.querySelectorAll(".words > p, .words > ul:not(.links) > li")) {
      if (line.childElementCount) continue;
      const parts = line.textContent.split(LINKS);
      if (parts.length > 1) line.replaceChildren(...parts.map((part, place) => (place % 2 ? this.reach(part) : part)));
    }
  }

  reach(where) {
    const href = where.startsWith("+") ? `tel:${where.replace(/ /g, "")}` : where;
    return make("a", { href, rel: "noopener", textContent: where });
  }

  moment(then) {
    const { locale, yesterday } = this.texts.chat;
    const day = (date) => date.toDateString();
    const clock = then.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
    if (day(then) === day(new Date())) return clock;
    const before = day(then) === day(new Date(Date.now() - 86400000));
    const date = then.toLocaleDateString(locale, { day: "numeric", month: "long" });
    return `${before ? yesterday : date}, ${clock}`;
  }

  choice({ title, payload }) {
    return make("button", { name: "button", value: payload, textContent: title });
  }

  offer(buttons) {
    const { choices } = this.parts;
    choices.classList.toggle("short", buttons.every((button) => button.textContent.length <= SHORT));
    choices.querySelector("form").replaceChildren(...buttons);
  }

  /** A word of the program itself, on the connection for instance; at most one of each sort. */
  note(words, sort) {
    if (this.parts.log.querySelector(`.note[data-sort="${sort}"]`)) return;
    const note = make("p", { className: "note", textContent: words });
    note.dataset.sort = sort;
    this.parts.log.append(note);
    this.settle();
  }

  clearNote(sort) {
    this.parts.log.querySelector(`.note[data-sort="${sort}"]`)?.remove();
  }

  /** The open question, the answers so far, and a field that suits the answer. */
  showState(state) {
    const { question, progress, place, bar, back, tools, result, reference, code, label, hint, field } = this.parts;
    const asked = state.question;
    this.state = state;
    question.hidden = !asked && !state.answers.length;
    progress.hidden = !asked;
    tools.hidden = !asked;
    back.hidden = !asked || !state.answers.length;
    result.hidden = !state.has_result;
    reference.hidden = !state.reference;
    code.textContent = state.reference ?? "";
    label.textContent = asked ? this.texts.chat.write_answer : this.texts.chat.write;
    hint.textContent = asked?.hint ?? "";
    if (asked) {
      const { number, of } = asked;
      place.textContent = this.texts.prescreen.progress.replace("[number]", number).replace("[of]", of);
      bar.max = of;
      bar.value = number - 1;
    }
    field.inputMode = this.number ? asked.inputmode : "text";
    this.nameKeyboard();
    this.showUnits(asked);
    this.showAnswers(state.answers);
  }

  /** Whether the open question is answered with a number. */
  get number() {
    return ["numeric", "decimal"].includes(this.state.question?.inputmode);
  }

  nameKeyboard() {
    const { keyboard, field } = this.parts;
    const { letters, digits } = this.texts.chat;
    keyboard.hidden = !this.number;
    keyboard.textContent = field.inputMode === "text" ? digits : letters;
  }

  /** The unit beside the field: the only one, or a choice. None is chosen beforehand, since a wrong one would go unseen. */
  showUnits(asked) {
    this.units?.remove();
    const units = asked?.units ?? (asked?.unit ? [asked.unit] : []);
    const { choose_unit: choose, unit } = this.texts.chat;
    this.units = null;
    if (units.length === 1) this.units = make("span", { className: "unit", textContent: units[0] });
    if (units.length > 1) {
      const options = units.map((words) => make("option", { value: words, textContent: words }));
      this.units = make("select", { className: "unit" }, make("option", { value: "", textContent: choose }), ...options);
      this.units.setAttribute("aria-label", unit);
    }
    if (this.units) this.parts.field.after(this.units);
  }

  showAnswers(answers) {
    const { change, change_label: label, say_change: say } = this.texts.prescreen;
    const line = ({ title, said }) => {
      const button = make("button", { name: "text", value: say.replace("[title]", title), textContent: change });
      button.setAttribute("aria-label", label.replace("[title]", title));
      const parts = [["title", title], ["said", said]].map(([className, textContent]) => make("span", { className, textContent }));
      return make("li", {}, parts[0], " ", parts[1], " ", button);
    };
    this.parts.answers.hidden = !answers.length;
    this.parts.count.textContent = answers.length;
    this.parts.list.replaceChildren(...answers.map(line));
  }

  /** Scrolls so that the last exchange is read from its beginning. Never moves the focus. */
  settle(smoothly = true) {
    const { log, tools, composer } = this.parts;
    const said = last(log.querySelectorAll(".message.person, .note"));
    if (!said) return;
    // If all of it does not fit, the person's own words may go first.
    const room = composer.getBoundingClientRect().top - parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
    const fits = (tools.parentElement.getBoundingClientRect().bottom - composer.offsetHeight - said.getBoundingClientRect().top) <= room;
    const first = fits ? said : (said.nextElementSibling ?? said);
    const calm = !smoothly || matchMedia("(prefers-reduced-motion: reduce)").matches;
    first.scrollIntoView({ block: "start", behavior: calm ? "instant" : "smooth" });
  }
}

for (const aside of document.querySelectorAll("[data-open-if-wide]")) aside.open = matchMedia("(min-width: 60rem)").matches;
// A browser too old for this keeps the plain forms.
if ("SubmitEvent" in window && "submitter" in SubmitEvent.prototype && "HTMLDialogElement" in window) {
  customElements.define("trial-guide-chat", TrialGuideChat);
}

/* The chat as a button in the corner of a clinic's page. The README has the line that brings it there:
 *   data-button  words of the button, and the title of the frame
 *   data-close   words of the button that closes it
 * What is made here stands in a shadow tree, so neither page can change how the other looks.
 */
(() => {
  const script = document.currentScript;
  const page = new URL("../?embedded=1", script.src);
  const { button: open = "Chat", close: shut = "×" } = script.dataset;

  const STYLE = `
    :host { all: initial; }
    * { box-sizing: border-box; font: 600 18px/1.3 system-ui, sans-serif; }
    button { min-height: 52px; padding: 12px 22px; border: 2px solid transparent; border-radius: 26px; cursor: pointer;
      color: #fff; background: #0d5c57; }
    button:hover { background: #08403d; }
    button:focus-visible { outline: 3px solid #0d5c57; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    .open { position: fixed; right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom));
      z-index: 2147483000; display: flex; align-items: center; gap: 10px; max-width: calc(100vw - 40px);
      box-shadow: 0 6px 24px rgb(0 30 30 / .3); }
    .open svg { flex: none; width: 24px; height: 24px; fill: none; stroke: currentcolor; stroke-width: 2.2; stroke-linejoin: round; }
    .panel { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; display: flex; flex-direction: column;
      width: min(460px, calc(100vw - 40px)); height: min(760px, calc(100vh - 40px)); height: min(760px, calc(100dvh - 40px));
      overflow: hidden; border: 1px solid #8a9a98; border-radius: 20px; background: #0d5c57;
      box-shadow: 0 12px 48px rgb(0 30 30 / .35); }
    .panel button { align-self: flex-end; min-height: 48px; padding: 8px 20px; border-radius: 0 18px 0 18px; }
    .panel button:focus-visible { outline-color: #fff; outline-offset: -6px; box-shadow: none; }
    iframe { flex: 1; width: 100%; min-height: 0; border: 0; background: #fff; }
    [hidden] { display: none; }
    @media (max-width: 600px), (max-height: 500px) {
      .panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
      .panel button { border-radius: 0; }
    }
    @media (forced-colors: active) { button, .panel { border: 2px solid ButtonText; } }
    @media print { .open, .panel { display: none; } }`;

  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const host = make("div", { lang: document.documentElement.lang });
  const root = host.attachShadow({ mode: "open" });
  if ("adoptedStyleSheets" in root) {
    // No Content-Security-Policy of the clinic stands against this; an older browser has only the other way.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } else root.append(make("style", { textContent: STYLE }));

  const opener = make("button", { className: "open", type: "button" });
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const bubble = document.createElementNS(icon.namespaceURI, "path");
  bubble.setAttribute("d", "M12 3c-5 0-9 3.5-9 8 0 2.5 1.2 4.6 3 6l-.8 4 4.3-2.2c.8.2 1.6.2 2.5.2 5 0 9-3.5 9-8s-4-8-9-8z");
  icon.append(bubble);
  opener.append(icon, make("span", { textContent: open }));
  opener.setAttribute("aria-haspopup", "dialog");

  const panel = make("div", { className: "panel", hidden: true });
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", open);
  const closer = make("button", { type: "button", textContent: shut });
  const frame = make("iframe", { title: open });
  panel.append(closer, frame);
  root.append(opener, panel);

  const show = (visible) => {
    // The frame is loaded when it is first opened: until then the page of the clinic costs nobody a request.
    if (visible && !frame.src) frame.src = page.href;
    panel.hidden = !visible;
    opener.hidden = visible;
    (visible ? closer : opener).focus();
  };
  opener.addEventListener("click", () => show(true));
  closer.addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
  // Escape pressed inside the frame is heard there.
  addEventListener("message", (event) => {
    if (event.source === frame.contentWindow && event.data === "trial-guide:close") show(false);
  });

  document.body.append(host);
})();

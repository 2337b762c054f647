// Filters, the day of the page and links that only change them take effect without a new page. Nothing is lost
// without it: every form is a GET form, every link a link, and any trouble ends in an ordinary load.
//
// <form class="filters" | "asof" | "what-if" method="get">, and links within <main> whose address differs from the
// page's in the query alone. What stands in <main> (and what else depends on the query) is exchanged; scripts that
// draw listen for "live:replaced". A form or link marked data-full is left to the browser.
(() => {
  if (!window.history?.pushState || !window.fetch || !window.AbortController) return;
  const english = document.documentElement.lang === "en";
  const words = english
    ? { busy: "Loading…", done: "The page has been updated." }
    : { busy: "正在载入……", done: "页面已更新。" };
  // Scripts that draw again when <main> is exchanged; a page with any other one loads anew as ever.
  const MINDFUL = /\/js\/(site|live|session|save-bar|form-text|draft|text|plotly-setup|plots|trend|table-sort)\b/;
  const bound = () =>
    [...document.querySelectorAll("head script[src]")].some(
      (script) =>
        !MINDFUL.test(script.src) && !script.src.includes("/vendor/") && !script.src.includes("plotly-zh-cn"),
    );
  let asking = null;
  let slow;

  const line = document.createElement("p");
  line.className = "sr";
  line.setAttribute("role", "status");
  document.body.append(line);

  const path = (address) => address.origin + address.pathname;
  const key = (address) => path(address) + address.search;
  let shown = key(new URL(window.location.href));

  // Everything outside of <main> that speaks of the day or of the address, in the order of the frame.
  const FRAME = [
    ".brand",
    "header .seek",
    "header .day",
    "header form.lang",
    "header .sign-in",
    "header nav.menu:not(.work)",
    ".banners",
    "footer",
  ];
  const exchangeFrame = (fresh) => {
    for (const selector of FRAME) {
      const old = document.querySelector(selector);
      const next = fresh.querySelector(selector);
      if (old && next) {
        if (old.outerHTML !== next.outerHTML && !old.contains(document.activeElement)) old.replaceWith(next);
        else if (selector === "header .day") {
          // The day was chosen in it: it closes, and its word names the day.
          old.querySelector("[name=as_of]").value = next.querySelector("[name=as_of]").value;
          old.querySelector("summary").replaceChildren(...next.querySelector("summary").childNodes);
          old.open = false;
          old.querySelector("summary").focus({ preventScroll: true });
        }
      } else if (old) old.remove();
      else if (next) document.getElementById("main").before(next);
    }
  };
  const ready = (fresh) => {
    const main = fresh.getElementById("main");
    const scripts = (page) =>
      [...page.querySelectorAll("head script[src], head link[rel=stylesheet]")].map(
        (el) => el.getAttribute("src") || el.getAttribute("href"),
      );
    const here = new Set(scripts(document));
    return main && document.getElementById("main") && scripts(fresh).every((address) => here.has(address));
  };
  const restoreFocus = (kept) => {
    if (!kept) return;
    const again = kept.id
      ? document.getElementById(kept.id)
      : kept.name && document.querySelector(`main form.filters [name="${CSS.escape(kept.name)}"]`);
    if (again) again.focus({ preventScroll: true });
    else if (kept.wasIn) document.getElementById("main").focus({ preventScroll: true });
  };
  const replace = (text, address) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    if (!ready(fresh)) return false;
    const main = document.getElementById("main");
    const active = document.activeElement;
    const kept = { id: active?.id, name: active?.name, wasIn: main.contains(active) };
    const next = fresh.getElementById("main");
    for (const name of main.getAttributeNames())
      if (name.startsWith("data-") && !next.hasAttribute(name)) main.removeAttribute(name);
    for (const name of next.getAttributeNames()) main.setAttribute(name, next.getAttribute(name));
    main.replaceChildren(...next.childNodes);
    exchangeFrame(fresh);
    document.title = fresh.title;
    restoreFocus(kept);
    if (address.hash) document.getElementById(decodeURIComponent(address.hash.slice(1)))?.scrollIntoView();
    line.textContent = words.done;
    document.dispatchEvent(new Event("live:replaced"));
    return true;
  };
  const busy = (is) => {
    clearTimeout(slow);
    const root = document.documentElement;
    root.classList.remove("loading");
    document.getElementById("main")?.toggleAttribute("aria-busy", false);
    // Shown only where it takes a while, so that quick answers do not flicker.
    if (is)
      slow = setTimeout(() => {
        root.classList.add("loading");
        document.getElementById("main")?.setAttribute("aria-busy", "true");
        line.textContent = words.busy;
      }, 150);
  };
  const show = async (address, { push }) => {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    busy(true);
    try {
      const answer = await fetch(address, {
        headers: { Accept: "text/html" },
        credentials: "same-origin",
        signal: mine.signal,
      });
      const isPage = (answer.headers.get("Content-Type") || "").startsWith("text/html");
      const text = await answer.text();
      if (mine !== asking) return;
      const end = new URL(answer.url);
      if (!answer.ok || !isPage || path(end) !== path(address)) throw new Error(String(answer.status));
      end.hash = address.hash;
      if (push && key(end) !== key(new URL(window.location.href))) {
        window.history.replaceState({ ...window.history.state, at: window.scrollY }, "");
        window.history.pushState({ at: window.scrollY }, "", end);
      }
      if (!replace(text, end)) throw new Error("another frame");
      shown = key(end);
    } catch (error) {
      if (error.name === "AbortError") return;
      // Refused, gone, signed out, off line: the browser asks itself and shows what it gets.
      if (push) window.location.assign(address);
      else window.location.reload();
    } finally {
      if (mine === asking) {
        asking = null;
        busy(false);
      }
    }
  };

  const addressOf = (form, button) => {
    const address = new URL(form.getAttribute("action") || window.location.pathname, window.location.href);
    const fields = new FormData(form, button?.name ? button : undefined);
    const query = new URLSearchParams();
    // Empty choices are left out: the address is what one would write to somebody.
    for (const [name, value] of fields) if (typeof value === "string" && value !== "") query.append(name, value);
    address.search = query.toString();
    return address;
  };
  const takes = (element) => !element.closest("[data-full]") && !bound();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (
      event.defaultPrevented ||
      form.method !== "get" ||
      !form.matches(".filters, .asof, .what-if") ||
      !takes(form)
    )
      return;
    const address = addressOf(form, event.submitter);
    if (path(address) !== path(new URL(window.location.href))) return;
    event.preventDefault();
    show(address, { push: true });
  });
  // A choice made from a list needs no button; typed words and days wait for Enter.
  document.addEventListener("change", (event) => {
    const field = event.target;
    const form = field.form;
    if (field.tagName !== "SELECT" || !form?.matches("main form.filters") || form.method !== "get" || !takes(form))
      return;
    form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (
      !link ||
      event.defaultPrevented ||
      event.button ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    if (link.target || link.hasAttribute("download") || !link.closest("main, .banner.past") || !takes(link))
      return;
    const address = new URL(link.href);
    const here = new URL(window.location.href);
    // Only another query of this very page; an anchor alone is the browser's own.
    if (path(address) !== path(here) || address.search === here.search) return;
    event.preventDefault();
    show(address, { push: true });
  });
  window.addEventListener("popstate", () => {
    const address = new URL(window.location.href);
    if (key(address) === shown) return;
    show(address, { push: false });
  });
})();

// Styles that stand below a first screen hold on when what stands in <main> is exchanged.
for (const link of document.querySelectorAll("main link[rel=stylesheet]")) document.head.append(link.cloneNode());

// A form that came back: what is wrong with it is what one reads first.
document.getElementById("faults")?.focus();

// What opens in the head closes again when somebody goes on elsewhere, or by Escape.
(() => {
  const open = () => document.querySelectorAll("header details[name=frame][open]");
  document.addEventListener("click", (event) => {
    for (const one of open()) if (!one.contains(event.target)) one.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const one of open()) {
      const within = one.contains(document.activeElement);
      one.open = false;
      if (within) one.querySelector("summary").focus();
    }
  });
})();

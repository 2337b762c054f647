// Shows what was approved meanwhile without a reload.
//
// <main data-version="…" data-version-url="JSON {version}" data-every="seconds" data-said="sentence">
// Asks for the version while the page is visible; another one: the same address is fetched and takes the place
// of what stands in <main>, unless somebody is typing there. Scripts listen for "live:replaced".
(() => {
  const main = document.querySelector("main[data-version-url]");
  if (!main) return;
  const every = Number(main.dataset.every) * 1000;
  const SLOWEST = 10 * 60 * 1000;
  let wait = every;
  let timer;
  let busy = false;

  // Typed and not sent, or about to be: the page waits.
  const isTyping = () => {
    if (document.activeElement?.closest("main form")) return true;
    return [...main.querySelectorAll("input, textarea, select")].some((field) => {
      if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
      if (field.tagName === "SELECT") {
        const first = [...field.options].some((option) => option.defaultSelected);
        return first && [...field.options].some((option) => option.selected !== option.defaultSelected);
      }
      return field.type !== "hidden" && field.value !== field.defaultValue;
    });
  };
  const ask = async (address, type) => {
    const answer = await fetch(address, {
      headers: { Accept: type, "X-Automatic": "1" },
      credentials: "same-origin",
    });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return answer;
  };
  const say = () => {
    let line = document.getElementById("live-said");
    if (!line) {
      line = document.createElement("p");
      line.id = "live-said";
      line.className = "sr";
      line.setAttribute("role", "status");
      document.body.append(line);
    }
    line.textContent = main.dataset.said;
  };
  const replace = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main[data-version-url]");
    if (!fresh || isTyping()) return;
    const open = [...main.querySelectorAll("details")].map((element) => element.open);
    main.replaceChildren(...fresh.childNodes);
    main.querySelectorAll("details").forEach((element, at) => {
      element.open = open[at] ?? element.open;
    });
    main.dataset.version = fresh.dataset.version;
    say();
    document.dispatchEvent(new Event("live:replaced"));
  };
  const look = async () => {
    if (busy || document.hidden) return;
    busy = true;
    try {
      const { version } = await (await ask(main.dataset.versionUrl, "application/json")).json();
      if (version !== main.dataset.version && !isTyping())
        replace(await (await ask(location.href, "text/html")).text());
      wait = every;
    } catch {
      // Signed out, or the server is away: asked ever more rarely, and without noise.
      wait = Math.min(wait * 2, SLOWEST);
    }
    busy = false;
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(look, wait);
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  addEventListener("pagehide", () => clearTimeout(timer));
  // Back from another page: what the browser kept may be old.
  addEventListener("pageshow", (event) => (event.persisted ? look() : plan()));
})();

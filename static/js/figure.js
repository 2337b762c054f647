// Beside a figure's form: what the typed value means, said while it is typed, and what was published of the chosen
// component; the stored verdict when it is there; and one box that ticks a whole table. Without it a button asks the
// server the same.
(() => {
  const form = document.querySelector("form[data-figure-form]");
  // Enter never hands in; Ctrl+Enter does.
  form?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.querySelector("button[name=submit]")?.click();
    } else if (event.target.matches("input:not([type=checkbox])")) event.preventDefault();
  });
  const list = form?.querySelector("[data-hints]");
  if (list) {
    for (const part of form.querySelectorAll("[data-without-js]")) part.hidden = true;
    let settling;
    let asked = 0;
    const showRecent = (html) => {
      const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-recent]");
      if (fresh) document.querySelector("[data-recent]")?.replaceWith(fresh);
    };
    const ask = async () => {
      const fields = new FormData(form);
      const query = new URLSearchParams(
        ["component", "year", "value"].map((name) => [name, fields.get(name) ?? ""]),
      );
      const isWhole = query.get("component") && query.get("year") && query.get("value");
      const number = (asked += 1);
      if (!isWhole) list.replaceChildren();
      try {
        const answer = await fetch(`${list.dataset.hints}?${query}`, { headers: { Accept: "application/json" } });
        if (!answer.ok || number !== asked) return undefined;
        const { lines, recent } = await answer.json();
        showRecent(recent);
        if (!isWhole) return undefined;
        return list.replaceChildren(
          ...lines.map(({ text, warning }) => {
            const line = document.createElement("li");
            line.textContent = text;
            line.classList.toggle("warning", warning);
            return line;
          }),
        );
      } catch {
        return undefined; // the server says it again when the form is sent
      }
    };
    form.addEventListener("input", ({ target }) => {
      if (!["component", "year", "value"].includes(target.name)) return;
      clearTimeout(settling);
      settling = setTimeout(ask, 300);
    });
  }

  const wait = (line, tries) => {
    setTimeout(async () => {
      try {
        const { stored, text } = await (await fetch(line.dataset.stored)).json();
        if (stored) line.textContent = text;
        else if (tries > 1 && line.isConnected) wait(line, tries - 1);
      } catch {
        // The page is right already; only the note on the archive stays as it was.
      }
    }, 1500);
  };
  const watch = () => document.querySelectorAll("[data-stored]").forEach((line) => wait(line, 20));
  watch();
  document.addEventListener("live:replaced", watch);

  document.addEventListener("change", ({ target }) => {
    if (!target.matches?.("input[data-all]")) return;
    target
      .closest("table")
      .querySelectorAll("input[name=pick]")
      .forEach((box) => {
        // What asks for a look of its own is ticked by itself.
        box.checked = target.checked && (box.checked || !("own" in box.dataset));
      });
  });
})();

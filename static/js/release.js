// Entering from one release: the publication beside its rows, hints while a value is typed, Enter to the next missing
// figure, and the check in place so that the chosen file stays chosen. Without it the same form asks the server.
(() => {
  const form = document.querySelector("form[data-release]");
  if (!form) return;
  const rows = () => form.querySelector("[data-rows]");
  const values = () => [...rows().querySelectorAll('input[name$="-value"]')];
  const prefix = (input) => input.name.replace(/-value$/, "");
  const of = (input, name) => form.elements.namedItem(`${prefix(input)}-${name}`);

  const next = (from) => {
    const all = values();
    const later = [...all.slice(from ? all.indexOf(from) + 1 : 0), ...all];
    const missing = later.find((input) => !input.value.trim() && input.closest("tr").matches("[data-missing]"));
    const field = missing ?? later.find((input) => !input.value.trim()) ?? form.querySelector("[data-go]");
    field?.focus();
  };

  let settling;
  const told = async (input) => {
    const list = input.closest("td").querySelector(".hints");
    const component = of(input, "component")?.value;
    const year = of(input, "year")?.value || form.elements.namedItem("year").value;
    if (!component || !year || !input.value.trim()) {
      list.replaceChildren();
      return;
    }
    const query = new URLSearchParams({ component, year, value: input.value.trim() });
    try {
      const answer = await fetch(`${rows().dataset.hint}?${query}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { lines } = await answer.json();
      list.replaceChildren(
        ...lines.map(({ text, warning }) => {
          const line = document.createElement("li");
          line.textContent = text;
          line.classList.toggle("warning", warning);
          return line;
        }),
      );
    } catch {
      // The check says it again.
    }
  };

  form.addEventListener("input", ({ target }) => {
    if (!target.matches('input[name$="-value"]')) return;
    clearTimeout(settling);
    settling = setTimeout(told, 300, target);
  });

  // Enter never hands in; Ctrl+Enter presses the button that goes on.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.querySelector("[data-go]")?.click();
      return;
    }
    if (!event.target.matches("input:not([type=checkbox]):not([type=file])")) return;
    event.preventDefault();
    next(event.target.matches('input[name$="-value"]') ? event.target : null);
  });

  const ready = () => {
    form.querySelectorAll("[data-next]").forEach((button) => {
      button.hidden = false;
    });
    form.querySelector("[data-focus]")?.focus();
  };
  form.addEventListener("click", ({ target }) => {
    if (target.matches("[data-next]")) next(null);
  });

  // The check comes in place of the rows: a file chosen before could not be sent back by the server.
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.value !== "check") return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    data.delete("file");
    try {
      const answer = await fetch(location.href, { method: "POST", body: data });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-rows]");
      if (!fresh) throw new Error("no rows");
      rows().replaceWith(fresh);
      // Refused, it says so as a page of its own would: at the top, in the title, each fault leading to its field.
      const faults = page.getElementById("faults");
      document.getElementById("faults")?.remove();
      document.title = page.title;
      if (faults) form.before(faults);
      ready();
      faults?.focus();
    } catch {
      form.submit();
    }
  });

  const shown = document.querySelector("[data-document]");
  let address = "";
  const show = (kind, src, name) => {
    const frame = document.createElement(kind);
    frame.src = src;
    frame[kind === "img" ? "alt" : "title"] = name;
    shown.replaceChildren(frame);
    shown.hidden = false;
  };
  form.elements.namedItem("file")?.addEventListener("change", ({ target }) => {
    const [file] = target.files;
    if (address) URL.revokeObjectURL(address);
    shown.hidden = true;
    if (!file || !/^(application\/pdf|image\/(png|jpeg|gif|webp))$/.test(file.type)) return;
    address = URL.createObjectURL(file);
    show(file.type === "application/pdf" ? "iframe" : "img", address, file.name);
  });
  form.elements.namedItem("source")?.addEventListener("change", ({ target }) => {
    const url = target.selectedOptions[0]?.dataset.url;
    if (!url || form.elements.namedItem("file").files.length) return;
    const link = document.createElement("a");
    link.href = url;
    link.target = "_blank";
    link.rel = "noreferrer noopener";
    link.textContent = url;
    shown.replaceChildren(link);
    shown.hidden = false;
  });
  ready();
})();

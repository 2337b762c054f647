// The source of figures: looked for as it is typed, its day filled in once chosen, a new one named where it is. Without
// this file the list of sources and the fields below it do the same.
(() => {
  const select = document.querySelector("select[name=source]");
  if (!select) return;
  const form = select.form;
  const field = (name) => form.elements.namedItem(name);
  const options = [...select.options].filter((option) => option.value);
  const search = document.createElement("input");
  const list = document.createElement("ul");
  const labels = [...select.labels];
  search.type = "text";
  // What leads to the field, its label and the faults above the form, leads to the box that is seen.
  search.id = select.id;
  select.removeAttribute("id");
  search.autocomplete = "off";
  search.setAttribute("role", "combobox");
  search.setAttribute("aria-autocomplete", "list");
  search.setAttribute("aria-expanded", "false");
  search.setAttribute("aria-controls", "source-found");
  search.setAttribute("aria-describedby", select.getAttribute("aria-describedby") ?? "");
  list.id = "source-found";
  list.className = "found";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", labels[0]?.textContent.trim() ?? "");
  list.hidden = true;
  select.after(search, list);
  select.hidden = true;
  if (select.value) search.value = select.selectedOptions[0].textContent.trim();
  else search.value = field("source_title")?.value ?? "";

  // A page that begins with the source begins here.
  if (!select.value && !search.value && form.matches("[data-release]")) search.focus();

  let filled = "";
  const fillDay = (day) => {
    const released = field("released_on");
    if (!released || !day || (released.value && released.value !== filled)) return;
    released.value = day;
    filled = day;
  };
  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    search.setAttribute("aria-expanded", "false");
    search.removeAttribute("aria-activedescendant");
  };
  const choose = (option) => {
    select.value = option.value;
    search.value = option.textContent.trim();
    const title = field("source_title");
    if (title) title.value = "";
    fillDay(option.dataset.day);
    close();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const mark = (step) => {
    const rows = [...list.children];
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
    const next = rows[(at + step + rows.length) % rows.length];
    rows.forEach((row) => row.setAttribute("aria-selected", String(row === next)));
    search.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  };
  const show = () => {
    const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const found = options.filter((option) =>
      words.every((word) => option.textContent.toLowerCase().includes(word)),
    );
    list.replaceChildren(
      ...found.slice(0, 8).map((option) => {
        const row = document.createElement("li");
        row.id = `source-${option.value}`;
        row.textContent = option.textContent;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          choose(option);
        });
        return row;
      }),
    );
    list.hidden = !found.length;
    search.setAttribute("aria-expanded", String(!list.hidden));
  };
  // What is typed and chosen from nothing is the title of a new source, whose other particulars open below.
  const isNew = () => {
    const title = field("source_title");
    if (!title) return;
    select.value = "";
    title.value = search.value.trim();
    const around = title.closest("details");
    if (around && title.value) around.open = true;
  };

  search.addEventListener("input", () => {
    select.value = "";
    show();
  });
  search.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) show();
      mark(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      // Enter chooses; it hands nothing in. Once chosen, it goes on as in any field.
      if (select.value) return;
      event.preventDefault();
      const marked =
        list.querySelector('[aria-selected="true"]') ?? (list.children.length === 1 ? list.firstChild : null);
      if (marked) choose(options.find((option) => `source-${option.value}` === marked.id));
      else {
        isNew();
        field("released_on")?.focus();
      }
      close();
    }
  });
  search.addEventListener("blur", () => {
    if (!select.value && search.value.trim()) isNew();
    close();
  });
  field("source_published_on")?.addEventListener("change", ({ target }) => fillDay(target.value));
})();

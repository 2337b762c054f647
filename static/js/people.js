// Whom a name begun with @ may mean: a list below the field, by arrows and Enter or a click. Without it a name is
// typed out; the server knows whom it means either way.
(() => {
  "use strict";

  const BEGUN = /(^|[^\w.@+-])@([^\s@]{1,30})$/u;
  const QUIET = 150;

  const begin = (field) => {
    const home = field.closest("[data-people-of]");
    if (!home) return;
    const list = document.createElement("ul");
    list.className = "people-found";
    list.id = `${field.id}-people`;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    field.after(list);
    field.setAttribute("aria-controls", list.id);
    let timer = 0;
    let asked = "";
    let at = -1;

    const close = () => {
      list.hidden = true;
      asked = "";
      at = -1;
      field.removeAttribute("aria-activedescendant");
    };
    const begun = () => field.value.slice(0, field.selectionStart).match(BEGUN)?.[2] ?? "";
    const mark = (place) => {
      const rows = [...list.children];
      at = (place + rows.length) % rows.length;
      rows.forEach((row, number) => row.setAttribute("aria-selected", String(number === at)));
      field.setAttribute("aria-activedescendant", rows[at].id);
    };
    const take = (row) => {
      const word = begun();
      const start = field.selectionStart - word.length;
      field.setRangeText(`${row.dataset.said} `, start, field.selectionStart, "end");
      close();
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const line = (person, number) => {
      const row = document.createElement("li");
      row.id = `${list.id}-${number}`;
      row.setAttribute("role", "option");
      row.dataset.said = person.said;
      const beside = document.createElement("span");
      beside.className = "sub";
      beside.textContent = [person.username, person.unit].filter(Boolean).join(" · ");
      row.append(`${person.name} `, beside);
      row.addEventListener("mousedown", (event) => event.preventDefault());
      row.addEventListener("click", () => take(row));
      return row;
    };
    const look = async () => {
      const word = begun();
      if (!word) return close();
      if (word === asked) return;
      asked = word;
      const answer = await fetch(`${home.dataset.peopleOf}?${new URLSearchParams({ q: word })}`, {
        headers: { Accept: "application/json", "X-Automatic": "1" },
      }).catch(() => null);
      if (!answer?.ok || word !== begun()) return;
      const { people } = await answer.json();
      if (!people.length) return close();
      list.replaceChildren(...people.map(line));
      list.hidden = false;
      mark(0);
    };

    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, QUIET);
    });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") mark(at + 1);
      else if (event.key === "ArrowUp") mark(at - 1);
      else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) take(list.children[at]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  };

  document.querySelectorAll("textarea[data-people]").forEach(begin);
})();

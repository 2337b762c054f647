// The grid from the keyboard and from the clipboard; without it the fields are typed in, or the text box takes a table.
(() => {
  const table = document.querySelector("table[data-grid]");
  if (!table) return;
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("input")]);
  const place = (field) => {
    const down = rows.findIndex((row) => row.includes(field));
    return down < 0 ? null : [down, rows[down].indexOf(field)];
  };
  const go = (down, across) => {
    const field = rows[down]?.[across];
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  };
  const said = document.querySelector("[data-filled]");
  const say = (text) => {
    said.textContent = text;
  };
  const show = (field) => field.classList.toggle("filled", field.value.trim() !== "");
  rows.flat().forEach(show);

  // What was changed, act by act: a cell that was typed in, or all that one paste filled. Ctrl+Z takes back the last.
  const acts = [];
  const put = (field, text) => {
    field.value = text;
    show(field);
  };
  const undo = (field) => {
    if (place(field) && field.value !== field.dataset.before) {
      put(field, field.dataset.before);
      return;
    }
    const act = acts.pop();
    if (!act) return;
    act.forEach(([cell, text]) => put(cell, text));
    act[0][0].focus();
    act[0][0].dataset.before = act[0][0].value;
  };

  table.addEventListener("input", ({ target }) => show(target));
  table.addEventListener("focusin", ({ target }) => {
    target.dataset.before = target.value;
  });
  table.addEventListener("focusout", ({ target }) => {
    if (place(target) && target.value !== target.dataset.before) acts.push([[target, target.dataset.before]]);
  });
  document.addEventListener("keydown", (event) => {
    const isOutside = !event.target.closest?.("input, select, textarea");
    if (event.key === "g" && isOutside && !event.ctrlKey && !event.metaKey && !event.altKey && go(0, 0))
      event.preventDefault();
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && place(event.target)) {
      event.preventDefault();
      undo(event.target);
    }
    if (
      event.key === "Enter" &&
      (event.ctrlKey || event.metaKey) &&
      table.closest("form").contains(event.target)
    ) {
      event.preventDefault();
      table.closest("form").querySelector("button[value=preview]").click();
    }
  });
  table.addEventListener("keydown", (event) => {
    const at = place(event.target);
    if (!at || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const [down, across] = at;
    const { selectionStart: start, selectionEnd: end, value } = event.target;
    const isWhole = start === 0 && end === value.length;
    const moves = {
      ArrowUp: () => go(down - 1, across),
      ArrowDown: () => go(down + 1, across),
      ArrowLeft: () => (isWhole || (start === 0 && end === 0)) && go(down, across - 1),
      ArrowRight: () => (isWhole || (start === value.length && end === value.length)) && go(down, across + 1),
      // Enter must not send the form from inside the table.
      Enter: () => go(down + (event.shiftKey ? -1 : 1), across) || true,
      Escape: () => {
        event.target.value = event.target.dataset.before ?? "";
        show(event.target);
        return true;
      },
    };
    if (Object.hasOwn(moves, event.key) && moves[event.key]()) event.preventDefault();
  });
  table.addEventListener("paste", (event) => {
    const at = place(event.target);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const block = text
      .replace(/\r\n?/g, "\n")
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => line.split("\t"));
    if (!at || (block.length === 1 && block[0].length === 1)) return;
    event.preventDefault();
    // A whole table, with words in it besides its numbers: the text box reads it by names and years, wherever the
    // focus is. A title may stand above, and years may stand on top or at the side.
    const isNumber = (cell) => /^[\d.,+\s%-]*$/.test(cell);
    const years = block.flat().filter((cell) => /^\s*(19|20)\d{2}(?!\d|[.,]\d)/.test(cell)).length;
    if (block.length > 1 && years && !block.every((cells) => cells.every(isNumber))) {
      const box = document.getElementById("id_pasted");
      box.value = text;
      say(said.dataset.table);
      box.focus();
      return;
    }
    let last = event.target;
    let filled = 0;
    const act = [];
    const cut = [];
    block.forEach((cells, down) =>
      cells.forEach((cell, across) => {
        if (!cell.trim()) return;
        const field = rows[at[0] + down]?.[at[1] + across];
        if (!field) {
          cut.push(cell.trim());
          return;
        }
        act.push([field, field.value]);
        put(field, cell.trim());
        field.dataset.before = field.value;
        last = field;
        filled += 1;
      }),
    );
    if (act.length) acts.push(act);
    const shown = `${cut.slice(0, 8).join("、")}${cut.length > 8 ? "…" : ""}`;
    say(
      said.dataset.filled.replace("{n}", filled) +
        (cut.length ? said.dataset.cut.replace("{n}", cut.length).replace("{what}", shown) : ""),
    );
    last.focus();
  });
})();

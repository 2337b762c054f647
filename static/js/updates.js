// The report form and the tables of choice are whole without this: it saves steps, no more.
(() => {
  "use strict";

  // "沿用" beside what was written last time.
  for (const said of document.querySelectorAll("[data-copy-to]")) {
    const field = document.getElementById(said.dataset.copyTo);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = said.dataset.copyWord;
    button.addEventListener("click", () => {
      field.value = field.value ? `${field.value}\n${said.textContent}` : said.textContent;
      field.focus();
    });
    said.after(button);
  }

  // Tick the whole page of a table; Shift ticks everything in between.
  for (const table of document.querySelectorAll("[data-choose]")) {
    const boxes = [...table.querySelectorAll("tbody input[type=checkbox]")];
    const all = document.createElement("input");
    all.type = "checkbox";
    all.setAttribute("aria-label", table.dataset.allWord);
    all.title = table.dataset.allWord;
    all.addEventListener("change", () =>
      boxes.forEach((box) => {
        box.checked = all.checked;
      }),
    );
    table.querySelector("thead th").append(all);
    const bar = table.closest("form")?.querySelector("[data-chosen]");
    const count = () => {
      if (!bar) return;
      const words = bar.querySelector("[data-words]");
      const number = boxes.filter((box) => box.checked).length;
      bar.hidden = !number;
      words.textContent = words.dataset.words.replace("{n}", number);
    };
    table.addEventListener("click", () => setTimeout(count));
    table.addEventListener("change", count);
    table.closest("form")?.addEventListener("change", count);
    count();
    let last = null;
    table.addEventListener("click", (event) => {
      const at = boxes.indexOf(event.target);
      if (at < 0) return;
      if (event.shiftKey && last !== null) {
        const [from, to] = [Math.min(at, last), Math.max(at, last)];
        boxes.slice(from, to + 1).forEach((box) => {
          box.checked = event.target.checked;
        });
      }
      last = at;
    });
  }
})();

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

  // One more milestone.
  const rows = document.querySelector("[data-rows]");
  if (rows && rows.lastElementChild) {
    const total = document.querySelector("[name=m-TOTAL_FORMS]");
    const most = Number(document.querySelector("[name=m-MAX_NUM_FORMS]").value);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = rows.dataset.more;
    button.addEventListener("click", () => {
      const number = Number(total.value);
      if (number >= most) return;
      const row = rows.lastElementChild.cloneNode(true);
      for (const label of row.querySelectorAll("label"))
        label.htmlFor = label.htmlFor.replace(/m-\d+-/, `m-${number}-`);
      for (const fault of row.querySelectorAll(".faults")) fault.remove();
      for (const input of row.querySelectorAll("input")) {
        input.name = input.name.replace(/m-\d+-/, `m-${number}-`);
        input.id = input.id.replace(/m-\d+-/, `m-${number}-`);
        input.value = "";
      }
      rows.append(row);
      total.value = String(number + 1);
      row.querySelector("input").focus();
    });
    rows.after(button);
    // A draft may have more of them (draft.js).
    rows.closest("form").addEventListener("draft:fill", ({ detail }) => {
      for (let left = Number(detail["m-TOTAL_FORMS"]) - Number(total.value); left > 0; left -= 1) button.click();
    });
  }

  // Ctrl+S keeps the draft, Ctrl+Enter hands it in.
  const report = document.querySelector("[data-report]");
  if (report) {
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey)) return;
      const then = event.key === "s" ? "save" : event.key === "Enter" ? "submit" : "";
      if (!then) return;
      event.preventDefault();
      report.querySelector(`button[value=${then}]`).click();
    });
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

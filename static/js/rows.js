// One more row of a form's table: a button behind [data-rows=prefix], which the page does without where it must.
(() => {
  "use strict";

  for (const rows of document.querySelectorAll("[data-rows]")) {
    const prefix = rows.dataset.rows;
    const total = document.querySelector(`[name=${prefix}-TOTAL_FORMS]`);
    const most = Number(document.querySelector(`[name=${prefix}-MAX_NUM_FORMS]`).value);
    if (!rows.lastElementChild) continue;
    const numbered = new RegExp(`${prefix}-\\d+-`);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = rows.dataset.more;
    button.addEventListener("click", () => {
      const number = Number(total.value);
      if (number >= most) return;
      const row = rows.lastElementChild.cloneNode(true);
      for (const label of row.querySelectorAll("label"))
        label.htmlFor = label.htmlFor.replace(numbered, `${prefix}-${number}-`);
      for (const fault of row.querySelectorAll(".faults, .fault, .readings")) fault.remove();
      for (const input of row.querySelectorAll("input, select")) {
        input.name = input.name.replace(numbered, `${prefix}-${number}-`);
        input.id = input.id.replace(numbered, `${prefix}-${number}-`);
        input.value = "";
      }
      rows.append(row);
      total.value = String(number + 1);
      row.querySelector("select, input:not([type=hidden])").focus();
    });
    (rows.closest("table") ?? rows).after(button);
    // A draft may have more of them (draft.js).
    rows.closest("form").addEventListener("draft:fill", ({ detail }) => {
      const wanted = Number(detail[`${prefix}-TOTAL_FORMS`]);
      for (let left = wanted - Number(total.value); left > 0; left -= 1) button.click();
    });
    for (const plain of document.querySelectorAll("[data-more-plain]")) plain.hidden = true;
  }
})();

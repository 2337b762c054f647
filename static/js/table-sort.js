// Sorts a table at a click, without a new page; each heading is a link that sorts on the server all the same.
// Rows carry what they are sorted by (data-KEY, a number or nothing); nothing comes last either way.
(() => {
  const at = (row, key) => (row.dataset[key] ? Number(row.dataset[key]) : null);
  const withSort = (address, sort) => {
    const changed = new URL(address, window.location.href);
    // The plan's own order needs no word.
    if (sort === "plan") changed.searchParams.delete("sort");
    else changed.searchParams.set("sort", sort);
    return changed;
  };
  // Filters, other views and the headings themselves keep the order that is on the screen.
  const keepOrder = (heads, sort) => {
    window.history.replaceState(window.history.state, "", withSort(window.location.href, sort));
    for (const link of document.querySelectorAll("main .tabs a, main .chosen a"))
      link.href = withSort(link.href, sort);
    for (const head of heads) {
      const link = head.querySelector("a");
      const turned = head.getAttribute("aria-sort") === "ascending" ? "-" : "";
      link.href = withSort(link.href, turned + head.dataset.sort);
    }
    const list = document.querySelector("main form.filters [name=sort]");
    if (!list) return;
    const value = sort === "plan" ? "" : sort;
    if (![...list.options].some((option) => option.value === value)) list.add(new Option(value, value));
    list.value = value;
  };
  const bind = (table) => {
    const body = table.tBodies[0];
    const heads = [...table.querySelectorAll("th[data-sort]")];
    const sort = (head, event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      const key = head.dataset.sort;
      const isDown = head.getAttribute("aria-sort") === "ascending";
      const rows = [...body.rows].sort((left, right) => Number(left.dataset.plan) - Number(right.dataset.plan));
      rows.sort((left, right) => {
        const [a, b] = [at(left, key), at(right, key)];
        if (a === null || b === null) return (a === null) - (b === null);
        return isDown ? b - a : a - b;
      });
      body.append(...rows);
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      keepOrder(heads, (isDown ? "-" : "") + key);
    };
    for (const head of heads) head.querySelector("a").addEventListener("click", (event) => sort(head, event));
  };
  const bindAll = () => document.querySelectorAll("table[data-sortable]").forEach(bind);
  bindAll();
  document.addEventListener("live:replaced", bindAll);
})();

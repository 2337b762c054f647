// Sorts a table at a click, without a new page; each heading is a link that sorts on the server all the same.
// Rows carry what they are sorted by (data-KEY, a number or nothing); nothing comes last either way.
(() => {
  const at = (row, key) => (row.dataset[key] === "" ? null : Number(row.dataset[key]));
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
      const address = new URL(window.location.href);
      address.searchParams.set("sort", (isDown ? "-" : "") + key);
      window.history.replaceState(null, "", address);
    };
    for (const head of heads) head.querySelector("a").addEventListener("click", (event) => sort(head, event));
  };
  const bindAll = () => document.querySelectorAll("table[data-sortable]").forEach(bind);
  bindAll();
  document.addEventListener("live:replaced", bindAll);
})();

// Shows the sheets of a paper one at a time on the whole screen: arrow keys, the page keys and a click turn them,
// Escape ends it. Each is as large as the screen has room for. Without it the page is the paper, to read and print.
(() => {
  const sheets = [...document.querySelectorAll("[data-sheets] > .sheet")];
  const root = document.documentElement;
  const NEXT = ["ArrowRight", "ArrowDown", "PageDown", " "];
  const BACK = ["ArrowLeft", "ArrowUp", "PageUp"];
  let at = -1;

  const fit = () => {
    const sheet = sheets[at];
    if (!sheet) return;
    sheet.style.zoom = 1;
    const room = Math.min(innerWidth / sheet.offsetWidth, innerHeight / sheet.scrollHeight);
    sheet.style.zoom = Math.max(0.5, Math.floor(room * 100) / 100);
  };
  const show = (number) => {
    at = Math.max(0, Math.min(sheets.length - 1, number));
    root.classList.add("showing");
    sheets.forEach((sheet, place) => sheet.classList.toggle("here", place === at));
    sheets[at].tabIndex = -1;
    fit();
    sheets[at].focus({ preventScroll: true });
    history.replaceState(null, "", `#sheet-${at + 1}`);
  };
  const end = () => {
    root.classList.remove("showing");
    for (const sheet of sheets) {
      sheet.classList.remove("here");
      sheet.style.zoom = "";
    }
    at = -1;
    history.replaceState(null, "", location.pathname + location.search);
    if (document.fullscreenElement) document.exitFullscreen();
    document.querySelector("[data-show]")?.focus();
  };

  document.querySelector("[data-print]")?.addEventListener("click", () => print());
  document.querySelector("[data-show]")?.addEventListener("click", () => {
    // Where a browser refuses the whole screen, its window is enough.
    root.requestFullscreen?.().catch(() => {});
    show(0);
  });
  addEventListener("keydown", (event) => {
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (NEXT.includes(event.key)) show(at + 1);
    else if (BACK.includes(event.key)) show(at - 1);
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(sheets.length - 1);
    else if (event.key === "Escape") end();
    else return;
    event.preventDefault();
  });
  addEventListener("resize", fit);
  document.addEventListener("fullscreenchange", () => {
    if (at >= 0 && !document.fullscreenElement) end();
    else fit();
  });

  const [, number] = /^#sheet-(\d+)$/.exec(location.hash) ?? [];
  if (number) show(Number(number) - 1);
})();

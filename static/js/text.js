// The annotated plan: marks the chapter in view in the table of contents, and closes small lists behind the reader.
// Without it every link and list works; only the mark is missing.
(() => {
  let watching = null;

  const mark = (anchor) => {
    for (const link of document.querySelectorAll(".toc a[href^='#s'], .chapters a[href^='#s']")) {
      const here = link.hash === `#${anchor}`;
      if (here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      const list = link.closest(".toc");
      // The list scrolls by itself, never the page.
      if (here && list) list.scrollTop = Math.max(0, link.offsetTop - list.clientHeight / 2);
      const now = here && link.closest(".chapters")?.querySelector(".now");
      if (now) now.replaceChildren(...link.cloneNode(true).childNodes);
    }
  };
  const watch = () => {
    watching?.disconnect();
    if (!window.IntersectionObserver) return;
    const inView = new Set();
    // A line across the page, a quarter down: the part it crosses is the one being read, however one got there.
    watching = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (entry.isIntersecting) inView.add(entry.target);
          else inView.delete(entry.target);
        }
        const parts = [...document.querySelectorAll(".text .part")].filter((part) => inView.has(part));
        if (parts.length) mark(parts.at(-1).dataset.chapter);
      },
      { rootMargin: "-25% 0px -75% 0px" },
    );
    for (const part of document.querySelectorAll(".text .part")) watching.observe(part);
  };

  const close = (list) => {
    const inside = list.contains(document.activeElement);
    list.open = false;
    if (inside) list.querySelector("summary").focus({ preventScroll: true });
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const list of document.querySelectorAll(".cite[open], .chapters details[open]")) close(list);
  });
  document.addEventListener("click", (event) => {
    for (const list of document.querySelectorAll(".cite[open], .chapters details[open]")) {
      const link = event.target.closest?.("a[href*='#']");
      if (!list.contains(event.target) || (link && list.contains(link))) list.open = false;
    }
  });
  // After an exchange of the page's content the address names a place that no style has been told of.
  document.addEventListener("live:replaced", () => {
    watch();
    if (window.location.hash) setTimeout(() => window.location.replace(window.location.href), 0);
  });
  watch();
})();

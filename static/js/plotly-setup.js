// What every interactive picture needs: plotly.js fetched once and late, the theme's colours, the page's language.
// Used by trend.js and plots.js; nothing is drawn here.
window.plots = (() => {
  const root = document.documentElement;
  const isEnglish = root.lang === "en";
  // plotly.js writes an inline style element for maps unless one with this id is there; no page draws a map.
  const MAP_STYLE = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";

  const scripts = new Map();
  const load = (address) => {
    if (!scripts.has(address)) {
      scripts.set(
        address,
        new Promise((done, failed) => {
          const script = document.createElement("script");
          script.src = address;
          script.onload = done;
          script.onerror = () => failed(new Error(address));
          document.head.append(script);
        }),
      );
    }
    return scripts.get(address);
  };
  // The style of its buttons as a file: plotly.js writes it inline, which the page's policy forbids, unless an
  // element with this id and class is there first.
  const BUTTON_STYLE = "plotly.js-style-global";
  const linkStyle = (address) => {
    if (document.getElementById(BUTTON_STYLE)) return;
    const link = document.createElement("link");
    link.id = BUTTON_STYLE;
    link.className = "no-inline-styles";
    link.rel = "stylesheet";
    link.href = address;
    document.head.append(link);
  };
  const loadPlotly = async ({ plotly, localeJs, css }) => {
    linkStyle(css);
    if (!document.getElementById(MAP_STYLE)) {
      const nothing = document.createElement("meta");
      nothing.id = MAP_STYLE;
      document.head.append(nothing);
    }
    await load(plotly);
    if (localeJs) await load(localeJs);
  };

  // The server names colours of the light theme; the page's own take their place.
  const COLOURS = {
    "#0b5cad": "--series",
    "#c0352b": "--accent",
    "#16202b": "--ink",
    "#55606d": "--muted",
    "#d8dee4": "--line",
    "#ffffff": "--paper",
    "#f6f8fa": "--sheet",
    "#0b6b4a": "--achieved",
    "#1f7a3a": "--ahead",
    "#0b63a8": "--on_schedule",
    "#8a5a00": "--slightly_behind",
    "#b4450b": "--behind",
    "#a11d33": "--regressed",
    "#7d1030": "--missed",
    "#5a4bb0": "--pending",
    "#5c6672": "--not_assessable",
  };
  const themed = (figure) => {
    const style = getComputedStyle(root);
    return JSON.parse(JSON.stringify(figure), (key, value) => {
      const token =
        typeof value === "string" &&
        Object.hasOwn(COLOURS, value) &&
        style.getPropertyValue(COLOURS[value]).trim();
      return token || value;
    });
  };
  const config = () => ({
    locale: isEnglish ? "en" : "zh-CN",
    responsive: true,
    displaylogo: false,
    // Also against the button that plotly.js 4 shows by default and that sends the data away.
    showSendToCloud: false,
    showEditInChartStudio: false,
    scrollZoom: false,
    doubleClick: false,
    modeBarButtonsToRemove: [
      "zoom2d",
      "pan2d",
      "select2d",
      "lasso2d",
      "zoomIn2d",
      "zoomOut2d",
      "autoScale2d",
      "resetScale2d",
    ],
    toImageButtonOptions: { filename: document.title, scale: 2 },
  });

  // In the language of the page, which its address may have chosen for this once.
  const read = async (path) => {
    const address = new URL(path, location.href);
    address.searchParams.set("lang", isEnglish ? "en" : "zh-hans");
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  // Draws again when the colours or, once it stands still, the width changed. Until then the plot is `settling`:
  // who looks at the page or takes its picture can wait for it.
  const follow = (plot, show) => {
    let width = plot.clientWidth;
    let still;
    let due = 0;
    const redraw = async () => {
      due += 1;
      plot.classList.add("settling");
      try {
        await show();
      } finally {
        due -= 1;
        plot.classList.toggle("settling", due > 0 || still !== undefined);
      }
    };
    const standStill = () => {
      plot.classList.add("settling");
      clearTimeout(still);
      // Plotly follows the window by itself after a tenth of a second; then labels are fitted anew.
      still = setTimeout(() => {
        still = undefined;
        const isSame = !plot.clientWidth || Math.abs(plot.clientWidth - width) < 40;
        width = plot.clientWidth || width;
        if (isSame) plot.classList.toggle("settling", due > 0);
        else redraw();
      }, 150);
    };
    new ResizeObserver(standStill).observe(plot);
    window.addEventListener("resize", standStill);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    new MutationObserver(redraw).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  };
  const giveUp = (holder, sentence) => {
    holder.classList.remove("drawing", "drawn");
    holder.querySelector(".plot")?.remove();
    const said = document.createElement("p");
    said.className = "plot-failed";
    said.textContent = holder.dataset.failed || sentence;
    holder.prepend(said);
  };
  // A small or touched screen has a small processor behind it: there the server's picture stands until its reader
  // comes near it.
  const SMALL = matchMedia("(max-width: 640px), (hover: none)");
  const NEAR = "200px 0px";
  const whenNear = (holder, act) => {
    const signs = ["pointerdown", "focusin"];
    const watcher = new IntersectionObserver(
      (seen) => {
        if (seen.some((one) => one.isIntersecting)) begin();
      },
      { rootMargin: NEAR },
    );
    // Where it stands in the first view already, it waits for the reader's first move.
    const watch = () => watcher.observe(holder);
    const begin = () => {
      watcher.disconnect();
      window.removeEventListener("scroll", watch);
      for (const sign of signs) holder.removeEventListener(sign, begin);
      act(holder);
    };
    for (const sign of signs) holder.addEventListener(sign, begin);
    window.addEventListener("scroll", watch, { passive: true, once: true });
  };
  // One after the other, after the first paint: the words of the page come first.
  const drawLate = (selector, draw, sentence) => {
    const asked = new WeakSet();
    const waiting = () => [...document.querySelectorAll(selector)].filter((holder) => !asked.has(holder));
    let last = Promise.resolve();
    const drawNext = (holder) => {
      last = last.then(() => draw(holder).catch(() => giveUp(holder, sentence)));
    };
    // Fetched meanwhile, run later.
    const fetchEarly = (address) => {
      if (scripts.has(address) || document.querySelector(`link[rel=preload][href="${address}"]`)) return;
      const link = document.createElement("link");
      link.rel = "preload";
      link.as = "script";
      link.href = address;
      document.head.append(link);
    };
    const start = () => {
      const found = waiting();
      for (const holder of found) asked.add(holder);
      if (!found.length) return;
      if (SMALL.matches) {
        for (const holder of found) whenNear(holder, drawNext);
        return;
      }
      fetchEarly(found[0].dataset.plotly);
      requestAnimationFrame(() => setTimeout(() => found.forEach(drawNext)));
    };
    start();
    document.addEventListener("live:replaced", start);
  };

  return { isEnglish, loadPlotly, themed, config, read, follow, drawLate };
})();

// Draws the interactive trend over the static picture, once the page is there. Without it nothing is lost.
//
// <figure class="trend" data-figure="JSON" data-plotly="script" data-locale-js="words" data-failed="sentence">
(() => {
  const root = document.documentElement;
  const isEnglish = root.lang === "en";
  const NARROW = 560;
  // plotly.js writes an inline style element for maps unless one with this id is there; no page draws a map.
  const MAP_STYLE = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";

  const scripts = new Map();
  const load = (address) => {
    if (!scripts.has(address)) {
      scripts.set(address, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = done;
        script.onerror = () => failed(new Error(address));
        document.head.append(script);
      }));
    }
    return scripts.get(address);
  };
  const loadPlotly = async ({ plotly, localeJs }) => {
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
    "#0b5cad": "--series", "#c0352b": "--accent", "#16202b": "--ink", "#55606d": "--muted", "#d8dee4": "--line", "#ffffff": "--paper",
  };
  const themed = (figure) => {
    const style = getComputedStyle(root);
    return JSON.parse(JSON.stringify(figure), (key, value) => {
      const token = typeof value === "string" && Object.hasOwn(COLOURS, value) && style.getPropertyValue(COLOURS[value]).trim();
      return token || value;
    });
  };
  // Fewer years and values where they would touch; the latest always stays.
  const fitted = ({ data, layout }, width, height) => {
    layout.font.family = layout.hoverlabel.font.family = getComputedStyle(document.body).fontFamily;
    layout.height = height;
    const [first, last] = layout.xaxis.range;
    const room = (width - layout.margin.l - layout.margin.r) / (last - first);
    layout.xaxis.dtick = Math.max(1, Math.ceil(40 / room));
    const isNarrow = width < NARROW;
    if (isNarrow) layout.annotations = layout.annotations.filter((note) => note.name !== "aside");
    for (const trace of data) {
      if (!trace.mode.includes("text")) continue;
      const edges = { top: Infinity, bottom: Infinity };
      for (let at = trace.x.length - 1; at >= 0; at -= 1) {
        const half = (trace.text[at].length * layout.font.size * 0.58) / 2;
        const [level, side] = trace.textposition[at].split(" ");
        const x = trace.x[at] * room + { left: -half - 6, center: 0, right: half + 6 }[side];
        const isLast = at === trace.x.length - 1;
        // On a phone only the latest value is written; a tap, or the table, tells the others.
        if (!isLast && (isNarrow || x + half > edges[level])) trace.text[at] = "";
        else edges[level] = x - half - 4;
      }
    }
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) layout.transition = { duration: 0 };
    return { data, layout };
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
    modeBarButtonsToRemove: ["zoom2d", "pan2d", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d", "resetScale2d"],
    toImageButtonOptions: { filename: document.title, scale: 2 },
  });

  const draw = async (holder) => {
    const answer = await fetch(holder.dataset.figure, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const figure = await answer.json();
    await loadPlotly(holder.dataset);
    const still = holder.querySelector("svg.chart");
    // As tall as the picture it replaces, so that the page does not jump.
    const height = Math.min(Math.max(Math.round(still?.getBoundingClientRect().height ?? 0), 300), 420);
    const plot = document.createElement("div");
    plot.className = "plot";
    plot.setAttribute("role", "group");
    if (still) plot.setAttribute("aria-label", still.getAttribute("aria-label"));
    holder.prepend(plot);
    holder.classList.add("drawing");
    const show = () => {
      if (!plot.isConnected) return undefined;
      const { data, layout } = fitted(themed(figure), plot.clientWidth, height);
      return window.Plotly.react(plot, data, layout, config());
    };
    await show();
    holder.classList.replace("drawing", "drawn");
    let width = plot.clientWidth;
    let settling;
    new ResizeObserver(() => {
      clearTimeout(settling);
      settling = setTimeout(() => {
        // Plotly resizes by itself; labels are fitted anew once the width has settled. Hidden in print: nothing to do.
        if (!plot.clientWidth || Math.abs(plot.clientWidth - width) < 40) return;
        width = plot.clientWidth;
        show();
      }, 150);
    }).observe(plot);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
    new MutationObserver(show).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  };
  const giveUp = (holder) => {
    holder.classList.remove("drawing", "drawn");
    holder.querySelector(".plot")?.remove();
    const said = document.createElement("p");
    said.className = "plot-failed";
    said.textContent = holder.dataset.failed
      || (isEnglish ? "The interactive chart could not be loaded; this is the static one." : "交互图未能载入，以下为静态图。");
    holder.prepend(said);
  };
  // One after the other, once the browser has nothing better to do: the words of the page come first.
  const drawAll = async () => {
    const holders = document.querySelectorAll("figure[data-figure]:not(.drawing, .drawn)");
    for (const holder of holders) await draw(holder).catch(() => giveUp(holder));
  };
  const start = () => (window.requestIdleCallback ?? setTimeout)(drawAll);
  start();
  document.addEventListener("live:replaced", start);
})();

// Draws the interactive trend over the static picture, once the page is there. Without it nothing is lost.
//
// <figure class="trend" data-figure="JSON" data-plotly="script" data-locale-js="words" data-failed="sentence">
(() => {
  const { isEnglish, loadPlotly, themed, config, read, follow, drawLate } = window.plots;
  const NARROW = 560;

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

  const draw = async (holder) => {
    // Side by side: neither waits for the other.
    const [figure] = await Promise.all([read(holder.dataset.figure), loadPlotly(holder.dataset)]);
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
    follow(plot, show);
  };
  drawLate(
    "figure.trend[data-figure]",
    draw,
    isEnglish ? "The interactive chart could not be loaded; this is the static one." : "交互图未能载入，以下为静态图。",
  );
})();

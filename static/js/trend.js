// Draws the interactive trend over the static picture, once the page is there. Without it nothing is lost.
//
// <figure class="trend" data-figure="JSON" data-plotly="script" data-locale-js="words" data-failed="sentence">
// The server finds the places of the labels, for the width it is asked for. A click on a year leads to its row.
(() => {
  const { isEnglish, loadPlotly, themed, config, read, follow, drawLate } = window.plots;
  // Widths are asked for in steps, so that a few pixels more need no other figure.
  const STEP = 10;

  const figures = ({ figure: address }) => {
    const known = new Map();
    return (width) => {
      const asked = Math.max(200, Math.floor(width / STEP) * STEP);
      if (!known.has(asked)) {
        const url = new URL(address, window.location.href);
        url.searchParams.set("width", asked);
        known.set(asked, read(url));
      }
      return known.get(asked);
    };
  };

  const draw = async (holder) => {
    const figureFor = figures(holder.dataset);
    const width = holder.querySelector("figcaption")?.clientWidth || holder.clientWidth;
    // Side by side: neither waits for the other.
    await Promise.all([figureFor(width), loadPlotly(holder.dataset)]);
    const still = holder.querySelector("svg.chart");
    const plot = document.createElement("div");
    plot.className = "plot";
    plot.setAttribute("role", "group");
    if (still) plot.setAttribute("aria-label", still.getAttribute("aria-label"));
    if (still) still.before(plot);
    else holder.prepend(plot);
    holder.classList.add("drawing");
    const show = async () => {
      if (!plot.isConnected || !plot.clientWidth) return undefined;
      const { data, layout } = themed(await figureFor(plot.clientWidth));
      layout.font.family = layout.hoverlabel.font.family = getComputedStyle(document.body).fontFamily;
      return window.Plotly.react(plot, data, layout, config());
    };
    await show();
    holder.classList.replace("drawing", "drawn");
    // Where a finger shows what a pointer would, it does not lead away too.
    if (matchMedia("(hover: hover)").matches) {
      plot.on("plotly_click", ({ points: [{ customdata: place }] }) => {
        if (typeof place === "string" && place.startsWith("#")) window.location.hash = place;
      });
    }
    follow(plot, show);
  };
  drawLate(
    "figure.trend[data-figure]",
    draw,
    isEnglish
      ? "The interactive chart could not be loaded; this is the static one."
      : "交互图未能载入，以下为静态图。",
  );
})();

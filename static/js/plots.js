// Draws a heat map or a time line into the place kept for it; the page's table is complete without it.
//
// <div class="plotted" data-figure="JSON" data-plotly="script" data-locale-js="words" data-label="words"
//      data-failed="sentence"></div>
// A mark with an address (customdata) leads there; the table below has the same links for the keyboard.
(() => {
  const { isEnglish, loadPlotly, themed, config, read, follow, drawLate } = window.plots;
  // Below this width (px) a figure's own `narrow` takes the place of what is other there.
  const NARROW = 640;
  const addressOf = (point) => {
    const data = point.customdata;
    return typeof data === "string" ? data : "";
  };

  const draw = async (holder) => {
    const [figure] = await Promise.all([read(holder.dataset.figure), loadPlotly(holder.dataset)]);
    const plot = document.createElement("div");
    plot.className = "plot";
    plot.setAttribute("role", "group");
    plot.setAttribute("aria-label", holder.dataset.label);
    holder.prepend(plot);
    const show = () => {
      const { data, layout, narrow } = themed(figure);
      if (narrow && plot.clientWidth < NARROW) Object.assign(layout, narrow);
      layout.font.family = layout.hoverlabel.font.family = getComputedStyle(document.body).fontFamily;
      return window.Plotly.react(plot, data, layout, config());
    };
    await show();
    holder.classList.add("drawn");
    const open = (event) => {
      const address = addressOf(event.points[0]);
      if (!address) return undefined;
      window.location.assign(address);
      return false;
    };
    plot.on("plotly_click", open);
    follow(plot, show);
  };
  drawLate(
    ".plotted[data-figure]",
    draw,
    isEnglish
      ? "The interactive picture could not be loaded; the table has the same content."
      : "交互图未能载入，下表内容相同。",
  );
})();

// Draws the interactive trend over the static picture, once the page is there. Without it nothing is lost.
(() => {
  const COLOURS = { "#0b5cad": "--series", "#c0352b": "--accent", "#55606d": "--muted", "#ffffff": "--paper", "#d8dee4": "--line" };
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
  // The server names colours of the light theme; the page's own take their place.
  const themed = (figure) => {
    const style = getComputedStyle(document.documentElement);
    return JSON.parse(JSON.stringify(figure), (key, value) =>
      typeof value === "string" && COLOURS[value] ? style.getPropertyValue(COLOURS[value]).trim() : value);
  };
  const draw = async (holder) => {
    const answer = await fetch(holder.dataset.figure, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const figure = await answer.json();
    await load(holder.dataset.plotly);
    await load(holder.dataset.localeJs);
    const plot = document.createElement("div");
    plot.className = "plot";
    holder.prepend(plot);
    const config = {
      locale: document.documentElement.lang === "en" ? "en" : "zh-CN", responsive: true, displaylogo: false,
      showSendToCloud: false, modeBarButtonsToRemove: ["zoom2d", "pan2d", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d", "resetScale2d"],
      toImageButtonOptions: { filename: document.title },
    };
    const show = () => { const { data, layout } = themed(figure); layout.font.family = getComputedStyle(document.body).fontFamily; return window.Plotly.react(plot, data, layout, config); };
    await show();
    holder.classList.add("drawn");
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  };
  for (const holder of document.querySelectorAll("[data-figure]")) {
    draw(holder).catch(() => {
      holder.querySelector(".plot")?.remove();
      const said = document.createElement("p");
      said.className = "plot-failed";
      said.textContent = holder.dataset.failed;
      holder.append(said);
    });
  }
})();

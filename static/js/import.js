// The progress bar of a running import; the page has a link to refresh without it.
"use strict";
(() => {
  const panel = document.querySelector("[data-state]");
  if (!panel) return;
  const bar = panel.querySelector("progress");
  const percent = panel.querySelector(".percent");

  async function ask() {
    try {
      const answer = await fetch(panel.dataset.state, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const state = await answer.json();
        if (!state.working) {
          window.location.reload();
          return;
        }
        if (percent) {
          bar.value = state.progress;
          percent.textContent = `${state.progress} %`;
        }
      }
    } catch {
      // The server is away for a moment; the next question may be answered.
    }
    window.setTimeout(ask, 1000);
  }
  window.setTimeout(ask, 1000);
})();

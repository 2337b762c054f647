// Follows a report while a worker writes it; the page itself says the same when it is loaded again.
(() => {
  "use strict";

  const box = document.querySelector("[data-job]");
  if (!box) return;
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.job, { credentials: "same-origin" });
      if (answer.ok) {
        const body = await answer.json();
        box.querySelector("progress").value = body.progress;
        box.querySelector("[data-number]").textContent = `${body.progress} %`;
        box.querySelector("[data-word]").textContent = body.word;
        if (body.state !== "queued" && body.state !== "running") {
          location.reload();
          return;
        }
      }
    } catch {
      /* away for a moment */
    }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 500);
})();

// Keys of the review desk. Each key is the page's own link, button or field: without this file all of them work.
(() => {
  const isTyping = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

  const open = (field) => {
    const around = field.closest("details");
    if (around) around.open = true;
    field.focus();
    field.scrollIntoView({ block: "center" });
  };

  const toggle = () => {
    const box = document.querySelector('.lines [aria-current="true"] input[name=pick]');
    if (box) box.checked = !box.checked;
  };

  const help = () => {
    const details = document.querySelector("[data-help]");
    details.open = !details.open;
    details.querySelector("summary").focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      help();
      return;
    }
    if (event.shiftKey) return;
    if (event.key === "x") {
      event.preventDefault();
      toggle();
      return;
    }
    if (!"jkarqu".includes(event.key) || event.key.length !== 1) return;
    const found = document.querySelector(`[data-key="${event.key}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.tagName === "TEXTAREA") open(found);
    else found.click();
  });

  const all = document.querySelector("[data-quiet]");
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      // Only what may pass with others has a box.
      document.querySelectorAll(".lines input[name=pick]").forEach((box) => {
        box.checked = true;
      });
    });
  }

  // A second press while the answer is under way decides nothing twice.
  document.querySelectorAll(".acts form").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll(".acts form").forEach((form) => {
      delete form.dataset.sent;
    });
  });

  document.querySelector('.lines [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
})();

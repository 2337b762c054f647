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

  // A reason goes with the button it was written for: what was found of a figure approves it, any other sends back.
  const send = (field) => {
    const isFound = field.id.startsWith("why");
    const acts = isFound ? ["approve"] : ["return", "ask"];
    acts
      .map((act) => field.form.querySelector(`button[value=${act}]`))
      .find(Boolean)
      ?.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.repeat) return;
    if (
      event.key === "Enter" &&
      (event.ctrlKey || event.metaKey) &&
      event.target.closest?.(".acts, .review-list")
    ) {
      event.preventDefault();
      if (event.target.form) send(event.target);
      return;
    }
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

  document.addEventListener("click", ({ target }) => {
    if (target.closest?.("[data-quiet]")) {
      // Only what may pass with others has a box.
      document.querySelectorAll(".lines input[name=pick]").forEach((box) => {
        box.checked = true;
      });
    }
    if (!target.matches?.("[data-phrases] button")) return;
    const field = target.closest(".field").querySelector("textarea");
    field.value = field.value ? `${field.value}；${target.textContent}` : target.textContent;
    field.focus();
  });

  // A second press while the answer is under way decides nothing twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest(".acts")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll(".acts form, form.acts").forEach((form) => {
      delete form.dataset.sent;
    });
  });

  const ready = () => {
    document.querySelectorAll("[data-quiet], [data-phrases]").forEach((part) => {
      part.hidden = false;
    });
    // On a phone the list stands below what is looked at, which must not scroll away.
    if (window.matchMedia("(width > 700px)").matches)
      document.querySelector('.lines [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  };
  ready();
  document.addEventListener("live:replaced", ready);
})();

// Ctrl+Enter hands a form in, Ctrl+S keeps its draft, in every form alike: its own buttons are pressed.
(() => {
  const sends = (form) =>
    form.querySelector("button[data-primary]") ||
    form.querySelector("button:not(.quiet, [type=button])") ||
    form.querySelector("button:not([type=button])");

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.isComposing || event.defaultPrevented) return;
    // Where nothing is focused, the one form of the page that has a foot.
    const near = document.activeElement?.closest?.("main form");
    const feet = document.querySelectorAll("main form:has(button[data-primary])");
    const form = near || (feet.length === 1 ? feet[0] : null);
    if (!form || form.method !== "post") return;
    const button =
      event.key === "Enter" ? sends(form) : event.key === "s" ? form.querySelector("[data-draft-button]") : null;
    if (!button) return;
    event.preventDefault();
    button.click();
  });
})();

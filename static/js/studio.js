// The studio by keyboard: j and k walk the proposals, other letters press the button of the one in focus.
// Without it every button and box works; only the keys and the box for a whole section are missing.
(() => {
  const form = document.getElementById("decide");
  if (!form) return;
  const rows = () => [...form.querySelectorAll(".margin li:not(.more)")];
  const asked = () => [...form.querySelectorAll(".margin .asked")];

  const here = () => document.activeElement?.closest?.(".margin li");
  const walk = (step) => {
    const list = asked().length ? asked() : rows();
    const at = list.indexOf(here());
    const next = list[Math.min(list.length - 1, Math.max(0, at + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const act = (row, key) => {
    const button = row?.querySelector(`[data-key="${key}"]`);
    if (!button) return false;
    // The page comes back to the block that was worked on.
    const anchor = document.createElement("input");
    anchor.type = "hidden";
    anchor.name = "anchor";
    anchor.value = row.closest(".studio-block").id.slice(1);
    form.append(anchor);
    button.click();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
    else if (["a", "x", "e"].includes(event.key)) act(here(), event.key);
    else if (event.key === "i") (here()?.closest(".studio-block") ?? form).querySelector("[data-add]")?.click();
    else if (event.key === "m") form.querySelector('[value="merge-"]')?.click();
    else if (event.key === "s") form.querySelector("[data-tick]")?.click();
    else if (event.key === "A") form.querySelector('[value="accept-"]')?.click();
    else if (event.key === "X") form.querySelector('[value="reject-"]')?.click();
    else if (event.key === "n") form.querySelector("[data-next]")?.click();
    else if (event.key === " " && here() && event.target === here()) here().querySelector("input")?.click();
    else return;
    event.preventDefault();
  });

  const all = form.querySelector("[data-tick]");
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      for (const box of form.querySelectorAll(`[name="${all.dataset.tick}"]`)) box.checked = true;
    });
  }
  // In the margin: the words of a proposal are marked by the same name, and take no focus.
  const block = document.getElementById(`b${new URLSearchParams(location.search).get("at")}`);
  const wanted = block?.querySelector(".margin .asked");
  block?.scrollIntoView({ block: "center" });
  (wanted ?? asked()[0])?.focus({ preventScroll: true });
})();

// Without a pointer that hovers, the first tap on a square tells its name, the second opens its page.
(() => {
  const holder = document.querySelector("[data-squares]");
  if (!holder) return;
  let touched = false;
  holder.addEventListener("pointerdown", (event) => {
    const square = event.target.closest(".sq");
    touched = event.pointerType !== "mouse" && square !== document.activeElement;
  });
  holder.addEventListener("click", (event) => {
    const square = event.target.closest(".sq");
    if (!square || !touched) return;
    touched = false;
    event.preventDefault();
    square.focus();
  });
})();

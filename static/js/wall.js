// Turns the wall's panels, keeps the clock, and reads the page anew; when the server is away the last reading
// stays on the wall, with a note since when, and the next try waits a little longer each time. The space bar,
// or a button that shows when the mouse stirs, holds everything still until it is pressed again.
(() => {
  const body = document.body;
  const { turn, refresh, fragment, lost, zone } = body.dataset;
  const panels = document.getElementById("panels");
  const clock = document.querySelector("[data-clock]");
  const note = document.querySelector(".w-lost");
  const dots = document.querySelector(".w-dots");
  const said = document.querySelector(".w-paused");
  const button = document.querySelector(".w-pause");
  const LONGEST = 60;
  const STIRRED = 3_000;
  const time = (options) => new Intl.DateTimeFormat("zh-CN", { timeZone: zone, hourCycle: "h23", ...options });
  const hour = time({ hour: "2-digit", minute: "2-digit" });
  const full = time({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });

  let at = 0;
  const show = () => {
    const all = [...panels.children];
    at = (at + all.length) % all.length;
    all.forEach((panel, number) => panel.classList.toggle("here", number === at));
    dots.replaceChildren(
      ...all.map((_panel, number) => {
        const dot = document.createElement("i");
        dot.classList.toggle("here", number === at);
        return dot;
      }),
    );
  };
  const tick = () => {
    const parts = Object.fromEntries(full.formatToParts(new Date()).map((part) => [part.type, part.value]));
    clock.textContent = `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}`;
  };

  let paused = false;
  let turning;
  const go = (step) => {
    at += step;
    show();
    wind();
  };
  // Each panel stays its whole time, also after somebody turned by hand.
  const wind = () => {
    clearTimeout(turning);
    if (!paused) turning = setTimeout(go, Number(turn) * 1000, 1);
  };

  let since = null;
  let wait = 0;
  let next;
  const read = async () => {
    try {
      const answer = await fetch(fragment, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
      // A sign-in page is no reading either.
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      if (!paused) {
        panels.replaceChildren(...holder.content.children);
        show();
      }
      since = null;
      wait = 0;
      note.textContent = "";
    } catch {
      since ??= new Date();
      note.textContent = lost.replace("{time}", hour.format(since));
      wait = Math.min(wait ? wait * 2 : 2, LONGEST);
    }
    clearTimeout(next);
    next = setTimeout(read, (wait || Number(refresh)) * 1000);
  };

  const pause = (wanted) => {
    paused = wanted;
    said.textContent = paused ? said.dataset.word : "";
    button.textContent = paused ? button.dataset.goOn : button.dataset.pause;
    wind();
    // What was missed meanwhile is read at once.
    clearTimeout(next);
    if (!paused) read();
  };

  let calm;
  document.addEventListener("mousemove", () => {
    body.classList.add("stirred");
    clearTimeout(calm);
    calm = setTimeout(() => body.classList.remove("stirred"), STIRRED);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowRight") go(1);
    else if (event.key === "ArrowLeft") go(-1);
    // On the button the space bar presses it anyway.
    else if (event.key === " " && event.target !== button) pause(!paused);
    else return;
    event.preventDefault();
  });
  button.addEventListener("click", () => pause(!paused));

  body.classList.add("turning");
  button.hidden = false;
  button.textContent = button.dataset.pause;
  show();
  tick();
  wind();
  setInterval(tick, 1000);
  next = setTimeout(read, Number(refresh) * 1000);
})();

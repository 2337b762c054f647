// Turns the wall's panels, keeps the clock, and reads the page anew; when the server is away the last reading
// stays on the wall, with a note since when, and the next try waits a little longer each time.
(() => {
  const body = document.body;
  const { turn, refresh, fragment, lost, zone } = body.dataset;
  const panels = document.getElementById("panels");
  const clock = document.querySelector("[data-clock]");
  const note = document.querySelector(".w-lost");
  const dots = document.querySelector(".w-dots");
  const LONGEST = 60;
  const time = (options) => new Intl.DateTimeFormat("zh-CN", { timeZone: zone, hourCycle: "h23", ...options });
  const hour = time({ hour: "2-digit", minute: "2-digit" });
  const full = time({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });

  let at = 0;
  const show = () => {
    const all = [...panels.children];
    at %= all.length;
    all.forEach((panel, number) => panel.classList.toggle("here", number === at));
    dots.replaceChildren(...all.map((_panel, number) => {
      const dot = document.createElement("i");
      dot.classList.toggle("here", number === at);
      return dot;
    }));
  };
  const tick = () => {
    const parts = Object.fromEntries(full.formatToParts(new Date()).map((part) => [part.type, part.value]));
    clock.textContent = `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}:${parts.second}`;
  };

  let since = null;
  let wait = 0;
  const read = async () => {
    try {
      const answer = await fetch(fragment, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
      // A sign-in page is no reading either.
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      panels.replaceChildren(...holder.content.children);
      show();
      since = null;
      wait = 0;
      note.textContent = "";
    } catch {
      since ??= new Date();
      note.textContent = lost.replace("{time}", hour.format(since));
      wait = Math.min(wait ? wait * 2 : 2, LONGEST);
    }
    setTimeout(read, (wait || Number(refresh)) * 1000);
  };

  body.classList.add("turning");
  show();
  tick();
  setInterval(tick, 1000);
  setInterval(() => { at += 1; show(); }, Number(turn) * 1000);
  setTimeout(read, Number(refresh) * 1000);
})();

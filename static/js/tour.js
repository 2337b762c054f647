// A first look at the overview in five steps: offered once above the page, gone for good when dismissed
// (localStorage). The foot of every page leads to it. Without scripts there is none, and nothing is missing.
(() => {
  const foot = document.querySelector(".foot-row");
  const brand = document.querySelector("a.brand");
  if (!foot || !brand || !foot.querySelector("nav")) return;
  const english = document.documentElement.lang === "en";
  const KEY = "tour";
  const words = english
    ? {
        open: "Tour of this page",
        ask: "First time here?",
        askMore: "Five short steps show how to read the overview.",
        start: "Start",
        never: "No, thanks",
        back: "Back",
        next: "Next",
        skip: "Skip",
        end: "Done",
        of: (n, all) => `${n} of ${all}`,
      }
    : {
        open: "页面导览",
        ask: "第一次来？",
        askMore: "五小步，看懂总览怎么读。",
        start: "开始",
        never: "不用了",
        back: "上一步",
        next: "下一步",
        skip: "跳过",
        end: "完成",
        of: (n, all) => `${n} / ${all}`,
      };
  const STEPS = english
    ? [
        [
          ".tally",
          "Where the plan stands",
          "The final verdict looks at the last year alone; the time method compares what is with what was expected by now.",
        ],
        [
          ".cards .card",
          "A card for each indicator",
          "The latest published figure with its year, the verdict, and the target. The dashed line is the expected path. Open a card to see why.",
        ],
        [
          "#attention",
          "What needs attention",
          "Indicators that lag or have no figures. “No data” means nothing was published: it is never zero.",
        ],
        [
          "#latest",
          "What changed lately",
          "New and revised figures, changed targets and approved reports, with what each did to the verdict.",
        ],
        [
          "form.asof",
          "Any day in the past",
          "Choose a day to see what was public then, on every page. The address can be sent to others.",
        ],
      ]
    : [
        [".tally", "规划走到哪了", "期末判定只看目标年的数据；时间进度法看按时间应走到哪、实际走到哪。"],
        [
          ".cards .card",
          "每个指标一张卡",
          "最新公布的数和年份、判定、目标；虚线是按时间应有的轨迹。点名称看为什么这样判定。",
        ],
        ["#attention", "需要关注的", "滞后的和没有数据的指标。“暂无数据”是没有公布，从不当作零。"],
        ["#latest", "最近有什么变化", "新数、修订数、目标调整和核定的进展，以及判定因此怎样变了。"],
        ["form.asof", "回到任意一天", "选一个日期，所有页面都换成那天已公布的情况；网址可以直接发给别人。"],
      ];
  const isOverview = () => Boolean(document.querySelector("main .lead .tally"));
  const seen = () => {
    try {
      return window.localStorage.getItem(KEY) === "done";
    } catch {
      return true;
    }
  };
  const never = () => {
    try {
      window.localStorage.setItem(KEY, "done");
    } catch {
      // Storage is closed to this page: it will be offered again.
    }
  };
  const make = (tag, text, name) => {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (name) element.className = name;
    return element;
  };
  const button = (text, name, act) => {
    const element = make("button", text, name);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  };

  let box = null;
  let marked = null;
  let opener = null;
  const close = (event) => {
    never();
    marked?.classList.remove("tour-at");
    marked = null;
    box?.remove();
    box = null;
    if (event !== "gone")
      (opener?.isConnected ? opener : document.getElementById("main")).focus({ preventScroll: true });
  };
  const open = (title, text, buttons, note) => {
    box?.remove();
    box = make("div", "", "tour");
    box.tabIndex = -1;
    box.setAttribute("role", "dialog");
    const head = make("h2", title);
    head.id = "tour-title";
    const said = make("p", text);
    said.id = "tour-text";
    box.setAttribute("aria-labelledby", head.id);
    box.setAttribute("aria-describedby", said.id);
    const row = make("div", "", "tour-row");
    row.append(make("span", note, "sub"), ...buttons);
    box.append(head, said, row);
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
    });
    document.body.append(box);
  };
  // Below what it speaks of, or above where there is no room; on a phone at the foot of the window (live.css).
  const place = (target) => {
    if (matchMedia("(max-width: 640px)").matches) return;
    const zoom = document.body.currentCSSZoom || 1;
    const at = target.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box;
    const left = Math.max(16, Math.min(at.left, document.documentElement.clientWidth - width * zoom - 16));
    const below = at.bottom + 16;
    const fits = below + height * zoom < document.documentElement.clientHeight;
    const top = fits
      ? below
      : Math.max(
          16,
          Math.min(at.top - height * zoom - 16, document.documentElement.clientHeight - height * zoom - 16),
        );
    box.classList.add("placed");
    box.style.left = `${(left + window.scrollX) / zoom}px`;
    box.style.top = `${(top + window.scrollY) / zoom}px`;
  };
  const step = (number) => {
    const steps = STEPS.filter(([selector]) => document.querySelector(selector)?.checkVisibility());
    const [selector, title, text] = steps[number];
    const target = document.querySelector(selector);
    const isLast = number === steps.length - 1;
    const buttons = [];
    if (number) buttons.push(button(words.back, "quiet", () => step(number - 1)));
    if (!isLast) buttons.push(button(words.skip, "quiet", close));
    buttons.push(button(isLast ? words.end : words.next, "", () => (isLast ? close() : step(number + 1))));
    marked?.classList.remove("tour-at");
    marked = target.closest(".columns > section") ?? target;
    marked.classList.add("tour-at");
    open(title, text, buttons, words.of(number + 1, steps.length));
    marked.scrollIntoView({ block: "center", behavior: "instant" });
    place(marked);
    box.focus({ preventScroll: true });
  };
  const start = (from) => {
    opener = from;
    step(0);
  };
  // A line above the page, not a box over it: nothing it speaks of is covered.
  const offer = () => {
    open(
      words.ask,
      words.askMore,
      [button(words.never, "quiet", close), button(words.start, "", () => start(null))],
      "",
    );
    box.classList.add("offered");
    box.setAttribute("role", "region");
    document.getElementById("main").before(box);
  };
  const link = () => {
    const nav = document.querySelector(".foot-row nav");
    if (!nav || nav.querySelector(".tour-open")) return;
    const way = make("a", words.open, "tour-open");
    const address = new URL(brand.href);
    address.hash = "tour";
    way.href = address.href;
    way.addEventListener("click", (event) => {
      if (!isOverview()) return;
      event.preventDefault();
      start(way);
    });
    nav.append(" · ", way);
  };

  link();
  document.addEventListener("live:replaced", () => {
    if (box && marked && !marked.isConnected) close("gone");
    link();
  });
  if (!isOverview()) return;
  if (window.location.hash === "#tour") start(null);
  else if (!seen()) setTimeout(() => box ?? offer(), 800); // once the page itself stands
})();

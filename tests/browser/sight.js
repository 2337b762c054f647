// What can be seen to be wrong with a page: wider than its window, text cut off, text over text.
({
  // The page is no wider than its window; what scrolls by itself may be.
  overflow() {
    const root = document.documentElement;
    if (root.scrollWidth <= window.innerWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter(
      (el) => el.getBoundingClientRect().right > window.innerWidth + 0.5 && !el.closest(".scroll, .sr, .toc"),
    );
    return [
      `page is ${root.scrollWidth} wide in ${window.innerWidth}`,
      ...wide
        .slice(0, 8)
        .map(
          (el) => `${el.tagName}.${el.getAttribute("class")} to ${Math.round(el.getBoundingClientRect().right)}`,
        ),
    ];
  },

  // A day is read as one word: none of the page's own ends its line after 2026-04-. Titles and addresses are others'.
  partedDays() {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const el = node.parentElement;
      if (el.closest(".sr, .sq-name, .address, q, a[rel], textarea, script")) continue;
      if (el.matches('[lang="zh-CN"]:not(.from-public)') || !el.checkVisibility()) continue;
      for (const day of node.data.matchAll(/\d{4}-\d\d-\d\d/g)) {
        const range = document.createRange();
        range.setStart(node, day.index);
        range.setEnd(node, day.index + day[0].length);
        const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
        if (lines.size > 1) found.push(`parted ${el.tagName}.${el.className} ${node.data.trim().slice(0, 60)}`);
      }
    }
    return found;
  },

  // What waits for the view to come near has boxes that are guesses: all of it is laid out before it is measured.
  layOut() {
    for (const el of document.querySelectorAll(".part")) el.style.contentVisibility = "visible";
  },

  // Boxes that must hold their content, text under an ellipsis or a clip, placeholders longer than their field.
  cut() {
    const name = (el, text) => `cut ${el.tagName}.${el.getAttribute("class") || ""} ${text.trim().slice(0, 60)}`;
    const seen = (el) =>
      el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !el.closest(".sr, .skip");
    // Clipped away on purpose: words for screen readers alone.
    const spoken = (el) => getComputedStyle(el).clipPath !== "none";
    const boxes = [...document.querySelectorAll(".badge, h1, h2, th")]
      .filter((el) => seen(el) && getComputedStyle(el).display !== "inline")
      .filter((el) => el.scrollWidth > el.clientWidth + 1);
    const clipped = [...document.body.querySelectorAll("*")].filter((el) => {
      if (el instanceof SVGElement || ![...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        return false;
      if (["OPTION", "SCRIPT", "STYLE", "TEXTAREA"].includes(el.tagName) || !seen(el) || spoken(el)) return false;
      const style = getComputedStyle(el);
      const hides = (way) => way === "hidden" || way === "clip";
      return (
        (hides(style.overflowX) && el.scrollWidth > el.clientWidth + 1) ||
        (hides(style.overflowY) && el.scrollHeight > el.clientHeight + 2 && el.clientHeight)
      );
    });
    const pen = document.createElement("canvas").getContext("2d");
    const fields = [...document.querySelectorAll("input[placeholder]")].filter((el) => {
      const style = getComputedStyle(el);
      pen.font = style.font;
      return (
        seen(el) &&
        pen.measureText(el.placeholder).width >
          el.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) + 1
      );
    });
    return [
      ...new Set(
        [...boxes, ...clipped]
          .map((el) => name(el, el.innerText))
          .concat(fields.map((el) => name(el, el.placeholder))),
      ),
    ].slice(0, 12);
  },

  // Letters over other letters. Of each line of text the middle counts: the boxes of neighbouring lines touch.
  // What lies above the page on purpose (sticky heads) and what is scrolled out of sight is left out.
  overlap() {
    const found = [];
    const floats = (el) => {
      for (let at = el; at && at !== document.body; at = at.parentElement) {
        const { position } = getComputedStyle(at);
        if (position === "sticky" || position === "fixed") return true;
      }
      return false;
    };
    const window_ = (el) => {
      for (let at = el; at && at !== document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.clipPath !== "none") return new DOMRect(); // for screen readers alone
        if (style.overflowX !== "visible" || style.overflowY !== "visible") return at.getBoundingClientRect();
      }
      return null;
    };
    const lines = [];
    const add = (el, text, box) => {
      if (box.width < 3 || box.height < 3) return;
      const within = window_(el);
      if (
        within &&
        (box.left < within.left - 1 ||
          box.right > within.right + 1 ||
          box.top < within.top - 1 ||
          box.bottom > within.bottom + 1)
      )
        return;
      const size = Math.min(parseFloat(getComputedStyle(el).fontSize) || 12, box.height);
      const upright = box.width >= box.height || text.length < 3;
      const rim = upright ? (box.height - size * 0.7) / 2 : 0;
      lines.push({
        el,
        text,
        left: box.left + 1,
        right: box.right - 1,
        top: box.top + rim,
        bottom: box.bottom - rim,
      });
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const el = node.parentElement;
      if (!node.data.trim() || !el || ["SCRIPT", "STYLE", "OPTION", "NOSCRIPT"].includes(el.tagName)) continue;
      if (
        el.closest("svg") ||
        el.closest(".sr, .skip") ||
        !el.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      )
        continue;
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) add(el, node.data.trim(), box);
    }
    for (const el of document.querySelectorAll("svg text")) {
      if (
        el.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
        el.textContent.trim() &&
        !el.closest("[aria-hidden=true].sr")
      )
        add(el, el.textContent.trim(), el.getBoundingClientRect());
    }
    lines.sort((a, b) => a.top - b.top);
    const open = [];
    for (const line of lines) {
      for (let at = open.length - 1; at >= 0; at -= 1) {
        const other = open[at];
        if (other.bottom <= line.top) {
          open.splice(at, 1);
          continue;
        }
        const across = Math.min(line.right, other.right) - Math.max(line.left, other.left);
        const down = Math.min(line.bottom, other.bottom) - line.top;
        if (across > 1.5 && down > 1.5 && line.el !== other.el && !floats(line.el) && !floats(other.el))
          found.push(
            `overlap “${other.text.slice(0, 30)}” and “${line.text.slice(0, 30)}” by ${Math.round(across)}×${Math.round(down)}`,
          );
      }
      open.push(line);
    }
    return [...new Set(found)].slice(0, 12);
  },

  // Words set one below the other, letter by letter, because their place is too narrow.
  squeezed() {
    const range = document.createRange();
    const found = [...document.querySelectorAll(".badge, a, button, label, th, td, p, span")].filter((el) => {
      const style = getComputedStyle(el);
      // Clipped away are words for screen readers alone, as the labels of a table's later rows.
      if (el.closest(".sr, svg") || !el.checkVisibility() || style.clipPath !== "none" || style.clip !== "auto")
        return false;
      if (style.writingMode !== "horizontal-tb") return false;
      return [...el.childNodes].some((node) => {
        if (node.nodeType !== Node.TEXT_NODE || node.data.trim().length < 4) return false;
        range.selectNodeContents(node);
        const lines = new Set([...range.getClientRects()].filter((box) => box.width).map((box) => box.top));
        return lines.size > 2 && node.data.trim().length / lines.size < 2.5;
      });
    });
    const told = (el) => el.innerText.split(/\s+/).join(" ");
    return [...new Set(found.map((el) => `squeezed ${el.tagName}.${el.className} ${told(el)}`))];
  },

  // What a finger must hit and is under 44 px, either way; a link within a sentence has the room of its line (WCAG
  // 2.5.8). Of a short word the height counts, its neighbours stand apart.
  small() {
    if (!matchMedia("(pointer: coarse)").matches) return [];
    const controls = "a[href], button, input:not([type=hidden]), select, summary, textarea, [role=button]";
    const worded = /[\p{L}\p{N}]/u;
    const hasOwnWords = (el) => [...el.childNodes].some((node) => node.nodeType === 3 && worded.test(node.data));
    // A phrase of the plan's text is part of its sentence, and sometimes all of it.
    const isWithinText = (el) => {
      if (el.matches(".tracked")) return true;
      if (el.tagName !== "A" || !getComputedStyle(el).display.startsWith("inline")) return false;
      let at = el.parentElement;
      while (!hasOwnWords(at) && getComputedStyle(at).display.startsWith("inline")) at = at.parentElement;
      return hasOwnWords(at);
    };
    const isClipped = (el) => {
      for (let at = el; at; at = at.parentElement) if (getComputedStyle(at).clipPath !== "none") return true;
      return false;
    };
    // What lies over it takes the touch for it: a row that is a link, the label of a box.
    const reach = (el) => {
      const boxes = [el, ...(el.labels || [])].map((one) => one.getBoundingClientRect());
      const over = getComputedStyle(el, "::after");
      if (over.content !== "none" && over.position === "absolute")
        boxes.push({ width: parseFloat(over.width), height: parseFloat(over.height) });
      return [Math.max(...boxes.map((box) => box.width)), Math.max(...boxes.map((box) => box.height))];
    };
    const found = [...document.querySelectorAll(controls)].filter((el) => {
      const box = el.getBoundingClientRect();
      const isShown = box.width > 2 && box.height > 2 && el.checkVisibility({ visibilityProperty: true });
      // Clipped away until it is focused; plotly's own tools come with a mouse alone.
      if (!isShown || el.closest(".sr, .skip, .modebar") || isClipped(el)) return false;
      const [width, height] = reach(el);
      const isNarrow = width < 43.5 && el.tagName !== "A";
      return (height < 43.5 || isNarrow) && !isWithinText(el);
    });
    const told = (el) => `${el.parentElement.tagName}.${el.parentElement.className}>${el.tagName}.${el.className}`;
    const size = (el) => reach(el).map(Math.round).join("×");
    return [...new Set(found.map((el) => `${told(el)} is ${size(el)} px: ${el.textContent.trim().slice(0, 20)}`))];
  },
});

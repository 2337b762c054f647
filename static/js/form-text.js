// What stands in a form, as text, and how it is put into it; and its files, where the browser lets a page keep them.
// For draft.js, which says when.
(() => {
  "use strict";

  // What the page itself puts into a form is no text of anybody's.
  const OWN = new Set(["csrfmiddlewaretoken", "edition", "draft", "next"]);
  // Nor is the tick that something was looked at, which is set each time anew by whoever looks.
  const isOwn = (name) => OWN.has(name) || /^looked(-\d+)?$/.test(name);
  const TYPED =
    "textarea, input:is([type=text], [type=number], [type=date], [type=url], [type=search], :not([type]))";
  const isLong = (form) =>
    form.method === "post" &&
    form.dataset.draft !== "off" &&
    !form.querySelector("input[type=password], [autocomplete=one-time-code]") &&
    (form.querySelector("textarea") || form.querySelectorAll(TYPED).length > 1);
  // What an address may choose: a form for I-07 of 2025 is another than the one for I-08 of 2009.
  const CHOOSING = ["component", "year", "item", "block"];
  // By where it is sent, which stays the same when it comes back refused; several of one page by what they do.
  const nameOf = (form) => {
    const { pathname: path, searchParams } = new URL(form.getAttribute("action") || location.href, location.href);
    const asked = new URLSearchParams(
      CHOOSING.filter((n) => searchParams.get(n)).map((n) => [n, searchParams.get(n)]),
    );
    const act = form.querySelector("button:is([name=action], [name=act], [name=do], [name=step])");
    const row = form.querySelector("input[type=hidden][name=component], input[type=hidden][name=year]");
    const chosen = row ? row.value : `${asked}`;
    return `${path}${act ? `#${act.value}` : ""}${chosen ? `?${chosen}` : ""}`.slice(0, 300);
  };
  const pairs = (form) =>
    [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !isOwn(name));
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  const fill = (form, values) => {
    form.dispatchEvent(new CustomEvent("draft:fill", { detail: Object.fromEntries(values) }));
    const left = new Map();
    for (const [name, value] of values) left.set(name, [...(left.get(name) || []), value]);
    for (const field of form.elements) {
      if (!field.name || isOwn(field.name) || field.type === "file" || field.tagName === "BUTTON") continue;
      const mine = left.get(field.name);
      if (field.type === "checkbox" || field.type === "radio")
        field.checked = Boolean(mine?.includes(field.value));
      else if (field.multiple) for (const option of field.options) option.selected = mine?.includes(option.value);
      else if (mine?.length && field.type !== "hidden") {
        field.value = mine.shift();
        if (field.value) field.closest("details")?.toggleAttribute("open", true);
      }
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  };

  // Files, where the browser lets a page keep them.
  const files = {
    open: () =>
      new Promise((done, fail) => {
        const asked = indexedDB.open("drafts", 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore("files");
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => fail(asked.error);
      }),
    run: async (mode, act) => {
      try {
        const base = await files.open();
        return await new Promise((done, fail) => {
          const asked = act(base.transaction("files", mode).objectStore("files"));
          asked.onsuccess = () => done(asked.result);
          asked.onerror = () => fail(asked.error);
        });
      } catch {
        return undefined; // forbidden or full: files are chosen again
      }
    },
    keep: (key, list) => files.run("readwrite", (box) => box.put(list, key)),
    get: (key) => files.run("readonly", (box) => box.get(key)),
    drop: (key) => files.run("readwrite", (box) => box.delete(key)),
    clear: () => files.run("readwrite", (box) => box.clear()),
  };

  window.formText = { isLong, nameOf, pairs, same, fill, files };
})();

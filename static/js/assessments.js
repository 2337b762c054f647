// The form of a note is whole without this. With it: every few seconds what was typed goes to the server, what
// cannot go there stays in this browser (draft.js), and two who have the form open learn of each other.
(() => {
  "use strict";

  const form = document.querySelector("[data-note]");
  if (!form) return;
  const QUIET = 3000;
  const SIGN_OF_LIFE = 20000;
  const words = form.dataset;
  const said = document.getElementById("saved-at");
  const edition = form.elements.edition;
  const overtaken = document.getElementById("overtaken");
  let timer = 0;
  let busy = false;
  let stopped = false;
  let sent = "";

  const fields = () => {
    const values = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken" && name !== "edition" && name !== "remove")
        values[name] = value;
    }
    return values;
  };
  const text = () => JSON.stringify(fields());
  const fill = (values) => {
    for (const [name, value] of Object.entries(values)) {
      const field = form.elements[name];
      if (field) field.value = value;
    }
  };
  // What this browser kept of it is no longer needed (draft.js).
  const forget = () => form.dispatchEvent(new Event("draft:kept"));
  const tell = (message, bad) => {
    said.textContent = message;
    said.classList.toggle("late", Boolean(bad));
  };
  const show = (names) => {
    const line = document.getElementById("editors");
    line.hidden = !names || !names.length;
    line.textContent = line.hidden ? "" : `${names.join("、")} ${line.dataset.words}`;
  };

  const ask = async (body, headers = {}) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(body)) data.append(name, value);
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    return fetch(words.save, {
      method: "POST",
      body: data,
      headers,
      redirect: "manual",
      credentials: "same-origin",
      keepalive: true,
    });
  };

  const save = async () => {
    if (busy || stopped) return;
    const now = text();
    if (now === sent) return;
    busy = true;
    tell(words.saving);
    try {
      const answer = await ask({ ...fields(), edition: edition.value });
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        tell(words.signedOut, true);
      } else if (answer.status === 409) {
        const body = await answer.json();
        stopped = true;
        if (body.newer) compare(body.newer);
        else tell(`${words.closed} ${body.detail}`, true);
      } else if (answer.ok) {
        const body = await answer.json();
        edition.value = body.edition;
        sent = now;
        show(body.editors);
        const faults = Object.values(body.faults).flat();
        tell(faults.length ? `${words.faulty} ${faults.join(" ")}` : `${words.saved} ${body.at}`, faults.length);
        if (!faults.length && text() === now) forget();
      } else {
        tell(words.away, true);
      }
    } catch {
      tell(words.away, true);
    }
    busy = false;
    if (!stopped && text() !== sent) plan();
  };
  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  };

  const compare = (newer) => {
    const list = overtaken.querySelector("[data-lines]");
    list.replaceChildren();
    for (const line of newer.lines) {
      const box = document.createElement("div");
      const label = document.createElement("dt");
      const value = document.createElement("dd");
      label.textContent = line.label;
      value.textContent = line.text;
      box.append(label, value);
      list.append(box);
    }
    const go = () => {
      edition.value = newer.edition;
      overtaken.hidden = true;
      stopped = false;
      sent = "";
      plan();
    };
    overtaken.querySelector("[data-keep]").onclick = go;
    overtaken.querySelector("[data-take]").onclick = () => {
      fill(newer.fields);
      go();
    };
    overtaken.hidden = false;
    overtaken.scrollIntoView({ block: "center" });
  };

  // What a conclusion asks for is marked at once; what it does not ask for, and holds nothing, is folded away.
  const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.value || "";
  const follow = () => {
    for (const box of form.querySelectorAll("[data-when]")) {
      const isAsked = box.dataset.values.split(" ").includes(chosen(box.dataset.when));
      const field = box.querySelector("textarea, input");
      box.querySelector(".must").hidden = !isAsked;
      field.setAttribute("aria-required", String(isAsked));
      box.hidden = "hides" in box.dataset && !isAsked && !field.value && !box.matches(".wrong");
    }
  };
  form.addEventListener("change", follow);
  follow();

  form.addEventListener("input", plan);
  form.addEventListener("change", plan);
  form.addEventListener("submit", () => {
    stopped = true;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
  setInterval(async () => {
    if (document.visibilityState !== "visible" || busy) return;
    try {
      const answer = await ask({}, { "X-Automatic": "1" });
      if (answer.ok) show((await answer.json()).editors);
    } catch {
      /* the next one tries again */
    }
  }, SIGN_OF_LIFE);

  // What was typed before this script came is not yet with the server.
  const isTyped = [...form.elements].some(
    (field) => field.matches("textarea") && field.value !== field.defaultValue,
  );
  if (isTyped) plan();
  else sent = text();
})();

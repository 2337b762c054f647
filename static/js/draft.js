// Nothing typed is lost. Every form of <main> that is sent by POST and is longer than a line is kept while it is
// typed: in this browser at once, on the server every few seconds, its files in this browser alone. Opened again,
// by whatever way, the form has it back; what was taken in is not put back.
//
// <form data-draft="off"> is left alone; data-draft="local" is kept in this browser only (it saves itself);
// data-draft-offer: what is kept is offered, not put back. A form tells "draft:kept" when all of it is safe.
(() => {
  "use strict";

  const { session, formText } = window;
  if (!session) return;
  const { isLong, nameOf, pairs, same, fill, files } = formText;
  const { words, store, clock, post, read } = session;
  const QUIET = 2000;
  const LARGEST_FILES = 50 * 1024 * 1024;
  const nothing = () => {};

  const fresh = () => crypto.getRandomValues(new Uint32Array(3)).join("-");
  const own = sessionTab();
  function sessionTab() {
    try {
      sessionStorage.tab ||= fresh();
      return sessionStorage.tab;
    } catch {
      return fresh();
    }
  }

  const kept = new Map();
  // Other scripts of the page listen by then.
  const isWhole = new Promise((done) => document.addEventListener("DOMContentLoaded", done));
  let isClosed = false;

  const keepForm = (form) => {
    if (form.dataset.kept || !isLong(form)) return;
    const name = nameOf(form);
    const prefix = `${session.PREFIX}${words.person}:${name}`;
    const key = `${prefix}@${own}`;
    form.dataset.kept = name;
    const isLocal = form.dataset.draft === "local";
    const token = () => form.elements.csrfmiddlewaretoken.value;
    const edition = () => form.elements.edition?.value || "";
    const firsts = () => pairs(form);
    let first = firsts();
    let content = fresh();
    let revision = 0;
    let sent = "";
    let timer = 0;
    let busy = false;
    let ready = isLocal;
    let touched = false;
    let checked = false;

    const said = document.createElement("p");
    said.className = "draft-said sub";
    said.setAttribute("role", "status");
    if (!isLocal) form.append(said);
    const tell = (text, isBad) => {
      if (said.textContent !== text) said.textContent = text;
      said.classList.toggle("late", Boolean(isBad));
    };
    const notice = document.createElement("div");
    notice.className = "panel came-back draft-notice";
    notice.setAttribute("role", "status");
    const ask = (text, choices) => {
      const line = document.createElement("p");
      line.textContent = text;
      const buttons = document.createElement("p");
      buttons.className = "actions";
      for (const [label, act] of choices) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "quiet";
        button.textContent = label;
        button.addEventListener("click", () => {
          notice.remove();
          act();
        });
        buttons.append(button);
      }
      notice.replaceChildren(line, buttons);
      form.prepend(notice);
    };

    const hold = (more = {}) =>
      !isClosed &&
      store.set(key, { at: Date.now(), values: pairs(form), edition: edition(), content, revision, ...more });
    const forget = () => {
      for (const other of store.keys()) {
        if (other === key || (other.startsWith(`${prefix}@`) && store.get(other)?.content === content))
          store.remove(other);
      }
      for (const field of form.querySelectorAll("input[type=file]")) files.drop(`${prefix}/${field.name}`);
    };
    const drop = () => {
      forget();
      if (!isLocal && revision) post({ form: name, forget: "1" }, token()).catch(nothing);
      revision = 0;
      content = fresh();
      sent = "";
      tell("");
    };
    const plan = () => {
      clearTimeout(timer);
      if (!isLocal) timer = setTimeout(save, QUIET);
    };

    async function save() {
      const values = pairs(form);
      const text = JSON.stringify(values);
      if (busy || !ready || isClosed || text === sent || checked) return;
      busy = true;
      try {
        const answer = await post(
          {
            form: name,
            content,
            values: text,
            revision,
            edition: edition(),
            address: location.pathname + location.search,
            title: document.querySelector("h1")?.innerText.replace(/\s+/g, " ").slice(0, 200) || document.title,
          },
          token(),
        );
        if (answer.type === "opaqueredirect") {
          session.over();
          tell(words.local, true);
        } else if (answer.status === 403) {
          await session.probe();
          tell(words.local, true);
        } else if (answer.status === 409) {
          overtaken(await answer.json());
        } else if (answer.ok) {
          const told = await answer.json();
          revision = told.revision;
          sent = text;
          session.goesOn(told.left);
          tell(`${words.saved} ${told.at}`);
          if (same(pairs(form), values)) hold({ saved: true });
        } else if (answer.status === 400 || answer.status === 413) {
          sent = text;
          tell(words.large, true);
        } else {
          tell(words.local, true);
        }
      } catch {
        tell(words.local, true);
      }
      busy = false;
      if (JSON.stringify(pairs(form)) !== sent && !document.hidden) plan();
    }

    // Another tab was quicker, or somebody else has signed in.
    const overtaken = (told) => {
      if (told.person) {
        session.other();
        ready = false;
        return;
      }
      revision = told.revision;
      if (told.taken === content) {
        content = fresh();
        ask(words.taken, [
          [words.keep, plan],
          [words.undo, restore],
        ]);
      } else if (told.content && !same(told.values, pairs(form))) {
        ready = false;
        const go = () => {
          ready = true;
          hold();
          plan();
        };
        ask(words.tab.replace("{time}", clock(told.at)), [
          [words.keep, go],
          [
            words.take,
            () => {
              fill(form, told.values);
              content = told.content;
              go();
            },
          ],
        ]);
      }
    };
    const restore = () => {
      fill(form, first);
      drop();
    };

    // What is kept of this form: in this browser by this tab and others, and on the server.
    const candidates = (server) => {
      const found = store
        .keys()
        .filter((other) => other.startsWith(`${prefix}@`))
        .map((other) => ({ ...store.get(other), key: other }))
        .filter((draft) => draft.values);
      const isTaken = (draft) => server && server.taken && draft.content === server.taken;
      for (const draft of found) if (isTaken(draft)) store.remove(draft.key);
      if (server?.content) found.push({ ...server, at: Date.parse(server.at) });
      // Clocks of two machines are not compared: of two of one save this browser's goes on from it.
      const rank = (draft) => [draft.revision, draft.key ? 1 : 0, draft.at];
      const later = (one, other) => {
        const at = rank(one).findIndex((value, place) => value !== rank(other)[place]);
        return at < 0 ? 0 : rank(other)[at] - rank(one)[at];
      };
      return found.filter((draft) => !isTaken(draft)).sort(later);
    };
    const takeUp = (draft) => {
      fill(form, draft.values);
      content = draft.content;
      hold();
      plan();
    };
    const putBack = (server) => {
      revision = server?.revision || 0;
      const now = pairs(form);
      const found = candidates(server);
      const refused = document.querySelector("#faults, main .form-error, main .fault");
      const adopted = found.find((draft) => same(draft.values, now));
      if (adopted && refused) content = adopted.content;
      const newest = found.find((draft) => !same(draft.values, now));
      if (!newest || (adopted && refused)) return;
      const isSame = newest.edition === edition();
      if (isSame && !touched && !("draftOffer" in form.dataset)) {
        takeUp(newest);
        ask(words.back.replace("{time}", clock(newest.at)), [[words.undo, restore]]);
      } else {
        const older = isSame ? "" : words.older;
        ask(`${words.waits.replace("{time}", clock(newest.at))}${older}`, [
          [words.take, () => takeUp(newest)],
          [
            words.drop,
            () => {
              content = newest.content;
              drop();
            },
          ],
        ]);
      }
    };
    const putFilesBack = async () => {
      for (const field of form.querySelectorAll("input[type=file]")) {
        const list = await files.get(`${prefix}/${field.name}`);
        if (!list?.length || field.files.length) continue;
        const box = new DataTransfer();
        for (const file of list) box.items.add(file);
        field.files = box.files;
        for (const lost of document.querySelectorAll("[data-lost-files]")) lost.hidden = true;
      }
    };

    form.addEventListener("input", () => {
      touched = true;
      if (same(pairs(form), first) && !document.querySelector("#faults")) return void drop();
      hold();
      plan();
    });
    form.addEventListener("change", (event) => {
      if (event.target.type === "file") {
        const chosen = [...event.target.files];
        if (chosen.reduce((sum, file) => sum + file.size, 0) <= LARGEST_FILES)
          files.keep(`${prefix}/${event.target.name}`, chosen);
      }
      if (!event.isTrusted) return;
      touched = true;
      hold();
      plan();
    });
    form.addEventListener("draft:kept", () => forget());
    // Tells the server what is taken in with it, and whose it is.
    const mark = () => {
      clearTimeout(timer);
      const field = form.elements.draft || document.createElement("input");
      field.type = "hidden";
      field.name = "draft";
      field.value = `${words.person}:${name}:${content}`;
      form.append(field);
      hold({ sent: true });
      checked = true;
      setTimeout(() => {
        checked = false;
      }, 3000);
    };
    const send = async (submitter) => {
      clearTimeout(timer);
      hold();
      const answer = await session.probe();
      if (answer === "open") {
        mark();
        form.requestSubmit(submitter);
      } else if (answer === "away") {
        if (isLocal) form.append(said);
        tell(words.away, true);
        said.scrollIntoView({ block: "center" });
      } else {
        document.getElementById("session").scrollIntoView({ block: "center" });
      }
    };
    form.addEventListener("focusout", () => {
      // What a script filled in, such as a pasted table.
      if (!touched && !same(pairs(form), first)) {
        touched = true;
        hold();
        plan();
      }
    });
    kept.set(form, {
      save,
      send,
      mark,
      isWell: () => !said.classList.contains("late"),
      isChecked: () => checked,
      isDirty: () => form.isConnected && !same(pairs(form), first),
      isSafe: () => isLocal || JSON.stringify(pairs(form)) === sent,
    });
    const start = async () => {
      await isWhole;
      let server = null;
      // What a form of this browser alone has sent may be taken in by now: the server knows.
      const isSent = (other) => other.startsWith(`${prefix}@`) && store.get(other)?.sent;
      if (!isLocal || store.keys().some(isSent)) {
        try {
          server = await read(name);
        } catch {
          /* what this browser kept is there all the same */
        }
      }
      putBack(server);
      ready = true;
      if (touched) plan();
      putFilesBack();
    };
    start();
  };

  // What was sent and taken in leaves this browser, whatever page came after it.
  const tidy = async () => {
    for (const key of store.keys()) {
      const draft = store.get(key);
      if (!key.startsWith(`${session.PREFIX}${words.person}:`) || !draft?.sent) continue;
      const name = key.slice(`${session.PREFIX}${words.person}:`.length, key.lastIndexOf("@"));
      try {
        const server = await read(name);
        if (server && server.taken === draft.content) {
          store.remove(key);
          files.run("readwrite", (box) =>
            box.delete(IDBKeyRange.bound(key.split("@")[0], `${key.split("@")[0]}\uffff`)),
          );
        }
      } catch {
        return;
      }
    }
  };

  const look = () => document.querySelectorAll("main form").forEach(keepForm);
  tidy();
  look();
  document.addEventListener("live:replaced", look);
  // A form that a script brought in.
  document.addEventListener("focusin", ({ target }) => target.form?.closest("main") && keepForm(target.form));
  // A page left for a dead line or the page of signing in would take files and place with it: who sends is asked
  // for first, before any other script hears of it.
  document.addEventListener(
    "submit",
    (event) => {
      const form = kept.get(event.target);
      if (!form || form.isChecked()) return;
      // The server was heard of just now.
      if (session.isSure() && form.isWell()) return void form.mark();
      event.preventDefault();
      event.stopImmediatePropagation();
      form.send(event.submitter);
    },
    true,
  );
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) for (const form of kept.values()) if (form.isDirty()) form.save();
  });

  // Signing out leaves nothing behind in this browser.
  const out = document.querySelector("header form.who");
  out?.addEventListener("submit", async (event) => {
    if (out.dataset.clean) return;
    event.preventDefault();
    const open = [...kept.values()].filter((form) => form.isDirty());
    await Promise.all(open.map((form) => form.save()));
    if (open.some((form) => !form.isSafe()) && !window.confirm(words.leave)) return;
    isClosed = true;
    for (const key of store.keys()) if (key.startsWith(`${session.PREFIX}${words.person}:`)) store.remove(key);
    await files.clear();
    out.dataset.clean = "1";
    out.requestSubmit(event.submitter);
  });
})();

// How long the session goes on, said in words before it ends, in every tab alike; and what a sign-in or sign-out
// means for what was typed and kept in this browser (draft.js).
(() => {
  "use strict";

  const PREFIX = "draft:";
  const UNTIL = "session-until";
  const WARN = 120;
  const SURE = 15000;
  const OLD = 14 * 24 * 3600 * 1000;

  const store = {
    keys: () => {
      try {
        return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
      } catch {
        return [];
      }
    },
    get: (key) => {
      try {
        return JSON.parse(localStorage.getItem(key) || "null");
      } catch {
        return null;
      }
    },
    set: (key, value) => {
      try {
        localStorage.setItem(key, JSON.stringify(value));
      } catch {
        /* full or forbidden: the server has it soon */
      }
    },
    remove: (key) => {
      try {
        localStorage.removeItem(key);
      } catch {
        /* nothing was kept */
      }
    },
  };
  const clock = (moment) => {
    const at = new Date(moment);
    const two = (number) => String(number).padStart(2, "0");
    const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
    if (at.toDateString() === new Date().toDateString()) return time;
    return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
  };

  // The page of signing in: how much waits here, and not whose or what.
  const hint = document.getElementById("drafts-waiting");
  if (hint) {
    const kept = store
      .keys()
      .map((key) => store.get(key))
      .filter((draft) => draft?.at);
    if (kept.length) {
      const latest = Math.max(...kept.map((draft) => draft.at));
      hint.textContent = hint.dataset.words.replace("{number}", kept.length).replace("{time}", clock(latest));
      hint.hidden = false;
    }
  }

  const bar = document.getElementById("session");
  if (!bar) return;
  const words = bar.dataset;
  const said = bar.querySelector("[data-words]");
  const stay = bar.querySelector("[data-stay]");
  const signIn = bar.querySelector("[data-sign-in]");
  let state = "open"; // open · soon · over · other
  let heard = Date.now(); // when the server last knew this person

  // What is kept of other people: never shown, and gone once the server has it or it is old.
  for (const key of store.keys()) {
    const draft = store.get(key);
    const isMine = key.startsWith(`${PREFIX}${words.person}:`);
    if (!draft || Date.now() - draft.at > OLD || (!isMine && draft.saved)) store.remove(key);
  }

  const show = (name, text) => {
    state = name;
    if (said.textContent !== text) said.textContent = text;
    stay.hidden = name !== "soon";
    signIn.hidden = name !== "over";
    signIn.href = `${words.login}?next=${encodeURIComponent(location.pathname + location.search)}`;
    bar.hidden = name === "open";
  };
  const until = () => Number(store.get(UNTIL)) || 0;
  const goesOn = (seconds) => {
    heard = Date.now();
    store.set(UNTIL, Date.now() + seconds * 1000);
    if (state !== "other") show("open", "");
  };
  // Asks who is signed in: "open", "over", "other" or "away"; a page gets the key its forms need now.
  const probe = async ({ automatic = true } = {}) => {
    const headers = { Accept: "application/json" };
    if (automatic) headers["X-Automatic"] = "1";
    let answer;
    try {
      answer = await fetch(words.session, {
        headers,
        redirect: "manual",
        credentials: "same-origin",
        signal: AbortSignal.timeout ? AbortSignal.timeout(8000) : undefined,
      });
    } catch {
      return "away";
    }
    if (answer.type === "opaqueredirect" || answer.status === 403) {
      show("over", words.over);
      return "over";
    }
    if (!answer.ok) return "away";
    const told = await answer.json();
    if (String(told.person) !== words.person) {
      show("other", words.other);
      return "other";
    }
    // After signing in anew forms made before are refused by their old key.
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = told.csrf;
    goesOn(told.left);
    return "open";
  };

  let asking = false;
  const tick = async () => {
    if (state === "other" || asking) return;
    const left = Math.ceil((until() - Date.now()) / 1000);
    if (left > WARN) {
      if (state === "soon") show("open", "");
    } else if (left > 0) {
      const [m, s] = [Math.floor(left / 60), left % 60];
      const time = (m ? words.minutes : words.seconds).replace("{m}", m).replace("{s}", s);
      show("soon", words.soon.replace("{time}", time));
    } else if (state !== "over") {
      asking = true;
      await probe();
      asking = false;
    }
  };
  goesOn(Number(words.left));
  setInterval(tick, 1000);
  stay.addEventListener("click", () => probe({ automatic: false }));
  // Signed in again in another tab, or back from sleep.
  addEventListener("storage", ({ key }) => {
    if (key === UNTIL && state === "over") probe();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && probe());

  // A draft, sent and read (draft.js).
  const post = (fields, token) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    data.append("person", words.person);
    data.append("csrfmiddlewaretoken", token);
    return fetch(words.draft, {
      method: "POST",
      body: data,
      redirect: "manual",
      credentials: "same-origin",
      // A page being left may still send so much.
      keepalive: (fields.values || "").length < 20000,
    });
  };
  const read = async (name) => {
    const answer = await fetch(`${words.draft}?form=${encodeURIComponent(name)}`, {
      headers: { "X-Automatic": "1" },
      redirect: "manual",
      credentials: "same-origin",
    });
    return answer.ok ? answer.json() : null;
  };

  window.session = {
    post,
    read,
    PREFIX,
    words,
    store,
    clock,
    probe,
    goesOn,
    isSure: () => state === "open" && navigator.onLine && Date.now() - heard < SURE,
    over: () => show("over", words.over),
    other: () => show("other", words.other),
  };
})();

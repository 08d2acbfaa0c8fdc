/* Comfort only: every page works without this file. */
"use strict";

// A second press on "Send" changes nothing on the server; this says so by greying the button.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
});

// Coming back with the browser's back button finds a page frozen as it was left.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

const reveal = (root) => {
  for (const button of root.querySelectorAll("[data-copy], [data-print]")) button.hidden = false;
  root.querySelector(".errors")?.focus();
};
document.addEventListener("DOMContentLoaded", () => reveal(document));
document.addEventListener("htmx:load", (event) => reveal(event.detail.elt));

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) {
    window.print();
    return;
  }
  await navigator.clipboard.writeText(button.dataset.copy);
  const [before, after] = button.querySelectorAll("span");
  before.hidden = true;
  after.hidden = false;
});

// The installable portal names its worker beside its manifest; see the worker for how little it does.
const worker = document.querySelector('link[rel="manifest"]')?.dataset.worker;
if (worker) navigator.serviceWorker?.register(worker);

// Paper shows what is folded away.
window.addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details.details:not([open])")) folded.open = true;
});

// The end of an idle session is announced, and put off by a press (WCAG 2.2.1). The page says the time without this.
const sessionEnd = document.querySelector("[data-session-end]");
if (sessionEnd) {
  const dialog = sessionEnd.querySelector("dialog");
  const shown = sessionEnd.querySelector("[data-session-left]");
  const warnS = Number(sessionEnd.dataset.warn);
  const endsIn = (seconds) => performance.now() + seconds * 1000;
  const left = () => Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  let ends = endsIn(Number(sessionEnd.dataset.left));
  let closed = false;

  // Another tab may have put the end off; asking does not.
  const ask = async () => {
    try {
      const answer = await fetch(sessionEnd.dataset.ask, { headers: { Accept: "application/json" } });
      if (answer.ok) ends = endsIn((await answer.json()).left_s);
    } catch {
      // Offline: the clock of this page has to do.
    }
  };
  const warn = async () => {
    if (left() > warnS) return;
    if (!dialog.open) {
      if (closed && left() > 0) return;
      await ask();
      if (left() > warnS) return;
      if (left() > 0) dialog.showModal();
    }
    shown.textContent = `${Math.floor(left() / 60)}:${String(left() % 60).padStart(2, "0")}`;
    if (left() === 0) location.assign(`${sessionEnd.dataset.after}?next=${encodeURIComponent(location.pathname + location.search)}`);
  };
  setInterval(warn, 1000);

  sessionEnd.querySelector("[data-session-stay]")?.addEventListener("click", async () => {
    const form = sessionEnd.querySelector("form");
    await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    await ask();
    dialog.close();
  });
  sessionEnd.querySelector("[data-session-close]").addEventListener("click", () => {
    closed = true;
    dialog.close();
  });
}

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

// Keys press the buttons of the page. Without this file the buttons do the same, one Tab away.
"use strict";

const form = document.getElementById("answer");
const single = document.getElementById("single-keys");
const question = document.getElementById("question");
const OFF = "canonical-contact.single-keys.off";

single.checked = localStorage.getItem(OFF) === null;
single.addEventListener("change", () => {
  if (single.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
});

document.addEventListener("keydown", (event) => {
  if (!single.checked || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = form.querySelector(`button[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// One answer a page: a second press while the next case is on its way says nothing about a case that nobody has seen.
form.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => delete form.dataset.sent);

// A screen reader begins with the question, and with what came of the last answer.
question.focus({ preventScroll: true });

// Keys and the slider; everything else of the pages works without this file.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const store = "pdpo-review-keys";
  const legend = byId("legend"), on = byId("keys-on"), open = byId("show-legend");
  open.hidden = false;
  open.addEventListener("click", () => legend.showModal());
  on.checked = localStorage.getItem(store) !== "off";
  on.addEventListener("change", () => localStorage.setItem(store, on.checked ? "on" : "off"));

  const slide = byId("slide"), part = byId("part");
  if (slide && part) {
    slide.closest("label").hidden = false;
    slide.addEventListener("input", () => part.setAttribute("width", part.dataset.width * slide.value / 100));
  }

  // A picture may be dropped anywhere on the form that looks for one.
  const drop = document.querySelector("form.drop"), file = byId("file");
  if (drop && file) {
    ["dragover", "dragleave", "drop"].forEach((kind) => drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over-it", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) { file.files = event.dataTransfer.files; drop.requestSubmit(); }
    }));
  }

  // What is ticked, beside the button that agrees to it.
  const ticked = byId("ticked"), form = byId("decide");
  if (ticked && form) {
    form.addEventListener("change", () => {
      const count = {};
      form.querySelectorAll("input[name=finding]:checked").forEach((one) => { (count[one.dataset.rule] ||= []).push(one.dataset.says); });
      ticked.textContent = Object.entries(count).map(([rule, said]) => `${rule} × ${said.length}: ${said[0]}`).join(", ") || "–";
    });
  }

  const click = (element) => { if (element) { element.click(); } return Boolean(element); };

  // The next or previous link of a list: copies on a case, cases in the queue.
  const step = (by) => {
    const copies = [...document.querySelectorAll("a.copy")];
    if (copies.length) {
      const now = copies.findIndex((one) => one.closest("tr").classList.contains("chosen"));
      return click(copies[Math.min(copies.length - 1, Math.max(0, now + by))]);
    }
    const links = [...document.querySelectorAll("a.open")];
    if (!links.length) { return false; }
    const now = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, now + by))].focus();
    return true;
  };

  const unfold = (details, field) => {
    if (!details) { return false; }
    details.open = true;
    details.querySelector(field).focus();
    return true;
  };

  const decide = (choice) => {
    const radio = document.querySelector(`#decide input[name=choice]${choice ? `[value=${choice}]` : ""}`);
    if (!radio) { return false; }
    if (choice) { radio.checked = true; }
    radio.focus();
    return true;
  };

  const keys = {
    "j": () => step(1), "k": () => step(-1),
    "1": () => click(byId("view-side")), "2": () => click(byId("view-blink")),
    "3": () => click(byId("view-slider")), "4": () => click(byId("view-difference")),
    "r": () => unfold(document.querySelector("details.reveal"), "input[name=reason]"),
    "m": () => { const own = document.querySelector("tr.chosen input[name=master]"); if (own) { own.checked = true; own.focus(); } return Boolean(own); },
    "d": () => decide(""), "a": () => decide("agree"),
    "y": () => click(byId("seen-yes")), "n": () => click(byId("seen-no")) || click(byId("go-on")) || click(byId("next-case")),
    "u": () => click(byId("undo")), "q": () => { location.href = "/queue"; return true; },
    "?": () => { legend.showModal(); return true; },
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
    if (typing || !on.checked || legend.open || event.ctrlKey || event.metaKey || event.altKey) { return; }
    const act = keys[event.key];
    if (act && act()) { event.preventDefault(); }
  });
})();

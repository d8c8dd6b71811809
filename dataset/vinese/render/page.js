"use strict";
(() => {
  const body = document.body;
  body.parentElement.classList.add("js");
  const items = [...document.querySelectorAll(".difference")];
  const boxes = [...document.querySelectorAll(".kinds input")];
  const visible = () => items.filter((item) => !item.classList.contains("hidden"));
  const filter = () => {
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    for (const item of items) {
      const kinds = item.dataset.kinds.trim().split(" ");
      item.classList.toggle("hidden", !kinds.some((kind) => wanted.has(kind)));
    }
  };
  const step = (by) => {
    const list = visible();
    if (!list.length) return;
    const here = list.indexOf(document.getElementById(location.hash.slice(1)));
    const next = here < 0 ? (by > 0 ? 0 : list.length - 1) : (here + by + list.length) % list.length;
    location.hash = list[next].id;
  };
  for (const box of boxes) box.addEventListener("change", filter);
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  const only = document.getElementById("only");
  if (only) only.addEventListener("change", () => body.classList.toggle("only", only.checked));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox])")) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
  });
})();

"use strict";
(() => {
  const data = JSON.parse(document.getElementById("index").textContent);
  const inline = [...document.querySelectorAll("script.article")];
  const root = document.documentElement;
  const main = document.querySelector("main");
  const $ = (id) => document.getElementById(id);
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // Words: the interface and every label in two languages; the choice is kept where the browser allows it.
  const keep = (value) => {
    try { if (value) localStorage.setItem("vinese", value); return localStorage.getItem("vinese"); } catch { return null; }
  };
  let language = keep() || ((navigator.language || "").startsWith("vi") ? "vi" : "en");
  const word = (key) => (data.words[key] ? data.words[key][language] : key);
  const name = (id) => {
    if ($("codes").checked && data.facets.some((facet) => facet[1] === id || facet[2] === id)) return id;
    return data.names[id] ? data.names[id][language][0] : id;
  };
  const speak = (within) => {
    for (const element of within.querySelectorAll("[data-w]")) element.textContent = word(element.dataset.w);
    for (const element of within.querySelectorAll("[data-l]")) element.textContent = name(element.dataset.l);
  };

  // Filters: of each group any of what is chosen will do, and all groups must agree.
  const chosen = { label: new Set(), modality: new Set(), error: new Set() };
  const hidden = new Set();
  const filtering = () => Object.values(chosen).some((group) => group.size);
  const any = (group, values) => !group.size || values.some((value) => group.has(value));
  const agrees = (labels, modality, errors) =>
    any(chosen.label, labels) && any(chosen.modality, [modality]) && any(chosen.error, errors);
  const parts = (text) => (text ? text.split(" ") : []);
  const fits = (item) => agrees(parts(item.dataset.k), item.dataset.m, parts(item.dataset.e));

  // Search: whoever types without diacritics finds words with them.
  const link = (id) => id.split("/").map(encodeURIComponent).join("/");
  const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");
  const lower = (text) => text.normalize("NFC").toLowerCase();
  let query = "", plain = false;
  const holds = (text) => lower(text).includes(query) || (plain && bare(lower(text)).includes(query));

  const articles = data.articles.map((entry, number) => {
    const heading = make("a", { href: "#" + encodeURIComponent(entry.id), lang: "vi", textContent: entry.text.split("\n", 1)[0] });
    const about = make("small", {}, entry.id);
    if (entry.differences) about.append(" · ", String(entry.differences), " ", make("span"));
    if (entry.differences) about.lastChild.dataset.w = data.reference ? "mistakes_here" : "differences";
    const body = make("div", { className: "text" });
    const element = make("article", { id: entry.id }, make("h2", {}, heading, about), body);
    element.dataset.number = number;
    main.append(element);
    return { ...entry, number, element, body, lines: entry.text.split("\n"), filled: false, opening: null, waiting: null };
  });
  const nothing = main.appendChild(make("p", { className: "nothing", hidden: true }));
  nothing.dataset.w = "none";

  // An article is made when it comes near the window.
  const put = (article, html) => {
    article.body.innerHTML = html; // escaped where it was made; see the policy of this page
    article.filled = true;
    article.element.classList.add("filled");
    speak(article.body);
    columns(article);
    mark(article);
  };
  window.vinese = (number, html) => articles[number].waiting && articles[number].waiting(html);
  const open = (article) => {
    if (article.filled) return Promise.resolve();
    if (article.opening) return article.opening;
    if (inline.length) { put(article, JSON.parse(inline[article.number].textContent)); return Promise.resolve(); }
    article.body.textContent = word("loading");
    article.opening = new Promise((done) => {
      const script = make("script", { src: `articles/${String(article.number).padStart(4, "0")}.js` });
      article.waiting = (html) => { put(article, html); script.remove(); done(); };
      script.onerror = () => { article.body.textContent = word("failed"); done(); };
      document.head.append(script);
    });
    return article.opening;
  };
  const near = new IntersectionObserver(
    (entries) => { for (const one of entries) if (one.isIntersecting) open(articles[one.target.dataset.number]); },
    { rootMargin: "60% 0px" },
  );

  const columns = (article) => {
    for (const cell of article.body.querySelectorAll(".cell")) {
      const layer = cell.dataset.layer || cell.textContent;
      cell.hidden = hidden.has(layer);
    }
    const shown = article.body.querySelectorAll(".head .cell:not([hidden])").length;
    article.body.style.setProperty("--layers", Math.max(1, shown));
  };
  const mark = (article) => {
    const filtered = filtering();
    for (const item of article.body.querySelectorAll("[data-u]")) item.classList.toggle("off", !fits(item));
    for (const line of article.body.querySelectorAll(".line")) {
      const items = [...line.querySelectorAll("[data-u]")];
      const said = line.dataset.line >= 0 ? article.lines[line.dataset.line] : "";
      const same = !line.querySelector(".difference");
      const none = filtered ? !items.some(fits) : data.layers.length > 1 && same && !query;
      line.classList.toggle("miss", none || Boolean(query && !holds(said)));
    }
    highlight();
  };
  const wanted = (article) => {
    if (query && !holds(article.text) && !holds(article.id)) return false;
    if (!filtering()) return true;
    return (
      article.facets.some(([key]) => {
        const [, label, status, errors, layer] = data.facets[key];
        return !hidden.has(layer) && agrees([label], status, errors);
      }) || article.errors.some(([error, labels]) => agrees(labels, "", [error]))
    );
  };
  const highlight = () => {
    if (!window.CSS || !CSS.highlights) return;
    CSS.highlights.delete("query");
    if (!query) return;
    const ranges = [];
    for (const paragraph of main.querySelectorAll("article.filled:not([hidden]) .line:not(.miss) p")) {
      const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
      const nodes = [];
      let whole = "";
      while (walker.nextNode()) {
        if (walker.currentNode.parentElement.closest(".t, .n")) continue;
        nodes.push([whole.length, walker.currentNode]);
        whole += walker.currentNode.data;
      }
      let text = lower(whole);
      if (plain && !text.includes(query)) text = [...text].map((letter) => bare(letter) || letter).join("");
      if (text.length !== whole.length) continue;
      const spot = (at, end) => {
        const [start, node] = nodes.findLast(([begins]) => begins < at + (end ? 0 : 1));
        return [node, at - start];
      };
      for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) {
        const range = new Range();
        range.setStart(...spot(at, false));
        range.setEnd(...spot(at + query.length, true));
        ranges.push(range);
      }
    }
    if (ranges.length) CSS.highlights.set("query", new Highlight(...ranges));
  };
  const refresh = () => {
    let shown = 0;
    for (const article of articles) {
      article.element.hidden = !wanted(article);
      shown += !article.element.hidden;
      if (article.filled && !article.element.hidden) mark(article);
    }
    nothing.hidden = shown > 0;
    $("count").textContent = shown === articles.length
      ? `${shown} ${word("articles")}` : `${shown} ${word("of")} ${articles.length} ${word("articles")}`;
    document.body.classList.toggle("filtered", filtering());
    highlight();
  };

  // The filters are the chart: each has a bar a layer.
  const counts = {};
  const count = (group, value, row, number) => {
    const rows = ((counts[group] ??= {})[value] ??= []);
    rows[row] = (rows[row] || 0) + number;
  };
  for (const article of data.articles) {
    for (const [key, number] of article.facets) {
      const [unit, label, status, , layer] = data.facets[key];
      count(unit, label, data.layers.indexOf(layer), number);
      if (unit === "event" && status) count("modality", status, data.layers.indexOf(layer), number);
    }
    for (const [error, , number] of article.errors) count("errors", error, 0, number);
  }
  const groups = [["errors", "error"], ["entity", "label"], ["event", "label"], ["modality", "modality"], ["stance", "label"]];
  const option = (group, filter, value, most) => {
    const rows = counts[group][value];
    const box = make("input", { type: "checkbox", value, checked: chosen[filter].has(value) });
    box.addEventListener("change", () => { chosen[filter][box.checked ? "add" : "delete"](value); refresh(); });
    const bars = make("span", { className: "bars" });
    const lengths = group === "errors" ? rows : data.layers.map((_, row) => rows[row] || 0);
    for (const number of lengths) {
      const bar = make("i");
      bar.style.width = `${(100 * number) / most}%`;
      if (data.colors[value]) bar.style.setProperty("--c", data.colors[value]);
      bars.append(bar);
    }
    const [unit, kind] = value.split(":");
    const text = group === "errors" ? `${word(unit)}: ${word(kind)}` : name(value);
    const label = make("label", {}, box, make("span", { className: "name", textContent: text }),
      make("span", { className: "amount", textContent: lengths.join(" / ") }), bars);
    if (data.names[value]) label.title = `${value}: ${data.names[value][language][1]}`;
    return label;
  };
  const facets = () => {
    const panel = $("facets");
    panel.textContent = "";
    if (data.layers.length > 1) {
      const boxes = data.layers.map((layer) => {
        const box = make("input", { type: "checkbox", checked: !hidden.has(layer) });
        box.addEventListener("change", () => {
          if (!box.checked && hidden.size === data.layers.length - 1) { box.checked = true; return; }
          hidden[box.checked ? "delete" : "add"](layer);
          articles.filter((article) => article.filled).forEach(columns);
          refresh();
        });
        return make("label", {}, box, make("span", { className: "name", textContent: layer }));
      });
      panel.append(make("fieldset", {}, make("legend", { textContent: word("layers") }), ...boxes));
    }
    for (const [group, filter] of groups) {
      if (!counts[group]) continue;
      const order = (data.labels[group] || Object.keys(counts[group])).filter((value) => counts[group][value]);
      const size = (value) => Math.max(...Object.values(counts[group][value]));
      order.sort((a, b) => size(b) - size(a));
      const most = Math.max(...order.map(size));
      const title = { errors: data.reference ? "mistakes" : "errors", modality: "modality_group" }[group] || group;
      const several = group !== "errors" && data.layers.length > 1 ? ` (${data.layers.join(" / ")})` : "";
      panel.append(make("fieldset", { className: group }, make("legend", { textContent: word(title) + several }),
        ...order.map((value) => option(group, filter, value, most))));
    }
  };

  // A link leads to an article, an item or a difference: #ARTICLE, #ARTICLE/LAYER/ITEM, #ARTICLE/dNUMBER.
  const place = () => { try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; } };
  const byId = new Map(articles.map((article) => [article.id, article]));
  const owner = (key) => {
    for (let at = key.length; at > 0; at = key.lastIndexOf("/", at - 1)) {
      const article = byId.get(key.slice(0, at));
      if (article) return article;
    }
    return null;
  };
  const go = async () => {
    for (const element of document.querySelectorAll(".target")) element.classList.remove("target");
    const key = place(), article = owner(key);
    if (!article) { tell(null); return; }
    if (article.element.hidden) clear();
    await open(article);
    const goal = $(key) || article.element;
    if (goal.classList.contains("off")) clear();
    const line = goal.closest(".line");
    if (line) line.classList.remove("miss");
    goal.classList.add("target");
    for (const fact of article.body.querySelectorAll("[data-of]")) if (fact.dataset.of === key) fact.classList.add("target");
    goal.scrollIntoView({ block: goal === article.element ? "start" : "center" });
    requestAnimationFrame(() => goal.scrollIntoView({ block: goal === article.element ? "start" : "center" }));
    tell(goal);
  };
  const tell = (goal) => {
    const box = $("detail");
    box.textContent = "";
    box.hidden = !goal || !goal.matches(".m");
    if (box.hidden) return;
    const ids = [goal.dataset.k, goal.dataset.m].filter((id) => data.names[id]);
    const close = make("button", { type: "button", textContent: word("close") });
    close.addEventListener("click", () => { box.hidden = true; });
    box.append(close, make("a", { href: location.hash, textContent: word("link") }));
    for (const id of ids) box.append(make("p", {}, make("b", { textContent: `${data.names[id][language][0]} (${id})` }), " ", data.names[id][language][1]));
    for (const error of parts(goal.dataset.e)) {
      const [unit, kind] = error.split(":");
      box.append(make("p", { className: "note", textContent: `${word(unit)}: ${word(kind)}` }));
    }
  };
  const targets = (article) => {
    const differing = article.differences > 0 && !(filtering() && !chosen.error.size);
    const items = [...article.body.querySelectorAll(differing ? ".difference" : ".m[id]")];
    return items.filter((item) => fits(item) && item.offsetParent !== null);
  };
  const step = async (by) => {
    const shown = articles.filter((article) => !article.element.hidden);
    const differing = shown.some((article) => article.differences) && !(filtering() && !chosen.error.size);
    const here = owner(place());
    let at = here && !here.element.hidden ? shown.indexOf(here) : by > 0 ? -1 : shown.length;
    if (at >= 0 && at < shown.length) {
      const list = targets(here), now = list.findIndex((item) => item.id === place());
      const next = now < 0 ? (place() === here.id && by > 0 ? list[0] : undefined) : list[now + by];
      if (next) { location.hash = link(next.id); return; }
    }
    for (let tries = 0; tries < shown.length; tries += 1) {
      at = (at + by + shown.length) % shown.length;
      if (differing && !shown[at].differences) continue;
      await open(shown[at]);
      const list = targets(shown[at]);
      if (list.length) { location.hash = link(list[by > 0 ? 0 : list.length - 1].id); return; }
    }
  };

  const clear = () => {
    for (const group of Object.values(chosen)) group.clear();
    query = $("search").value = "";
    facets();
    refresh();
  };
  const translate = () => {
    root.lang = language;
    keep(language);
    speak(document);
    for (const element of document.querySelectorAll("[data-en]")) element.textContent = element.dataset[language];
    document.title = document.querySelector("h1").textContent;
    $("search").placeholder = word("search");
    $("search").setAttribute("aria-label", word("search"));
    for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", button.dataset.language === language);
    facets();
    refresh();
  };
  const only = () => { document.body.classList.toggle("only", $("only").checked); highlight(); };

  let pause = 0;
  $("search").addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      query = lower($("search").value.trim());
      plain = query === bare(query);
      refresh();
    }, 120);
  });
  $("only").addEventListener("change", only);
  $("codes").addEventListener("change", () => { speak(main); facets(); });
  $("reset").addEventListener("click", clear);
  for (const button of document.querySelectorAll("[data-step]")) button.addEventListener("click", () => step(Number(button.dataset.step)));
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => { language = button.dataset.language; translate(); });
  }
  main.addEventListener("click", (event) => {
    if (event.target.closest("a") || String(getSelection())) return;
    const item = event.target.closest(".m[id]");
    if (item) location.hash = link(item.id);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { $("detail").hidden = true; event.target.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=search]")) return;
    const keys = {
      n: () => step(1), p: () => step(-1), "/": () => $("search").focus(),
      f: () => { $("filters").open = !$("filters").open; }, l: () => { language = language === "vi" ? "en" : "vi"; translate(); },
    };
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
  addEventListener("hashchange", go);
  addEventListener("beforeprint", () => articles.filter((article) => !article.element.hidden && inline.length).forEach(open));

  $("only").checked = data.only;
  $("filters").open = matchMedia("(min-width: 60rem)").matches;
  only();
  translate();
  for (const article of articles) near.observe(article.element);
  go();
})();

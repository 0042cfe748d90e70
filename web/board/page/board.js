/** The board: reads the address, asks for figures, shows them, and lets the reader choose. */

import { Feed } from "./data/feed.js";
import { date, load, t } from "./data/texts.js";
import { addressWith, countFilters, wishes } from "./data/wishes.js";
import { showBars } from "./view/bars.js";
import { startDefinitions } from "./view/define.js";
import { el, part } from "./view/dom.js";
import { keyOf, ON_MAP } from "./view/figures.js";
import { showRates, showTimes } from "./view/rates.js";
import { showNote, showStatus } from "./view/status.js";
import { showTable } from "./view/table.js";
import { showLatest } from "./view/ticker.js";
import { showTiles } from "./view/tiles.js";
import { followWall, listenToEscape } from "./view/wall.js";

/** @typedef {import("./data/feed.js").News} News */

/** @type {typeof import("./charts/charts.js") | undefined} */
let charts;
/** @type {News | undefined} */
let last;
const form = /** @type {HTMLFormElement} */ (part("filters-form"));
const figureChoice = /** @type {HTMLSelectElement} */ (part("map-figure"));
const kinds = new Map([...form.querySelectorAll("[name=kind] option")].map((o) => [/** @type {HTMLOptionElement} */ (o).value, o.textContent ?? ""]));
const districts = new Map([...form.querySelectorAll("[name=area] option")].map((o) => [/** @type {HTMLOptionElement} */ (o).value, o.textContent ?? ""]));

/** @param {News} news */
function show(news) {
  last = news;
  showStatus(news.health, news.at);
  showLatest();
  if (!news.fresh) return;
  showNote(null);
  document.body.dataset.shown = news.main.period.name ?? "days";
  showTiles(news.main);
  showRates(news.main.total);
  showTimes(news.main.total);
  showBars(news.main, kinds);
  showTable(news.main, districts);
  part("play").hidden = !news.main.city.play;
  const { from, to } = news.main.period;
  part("span").textContent = from === to ? date(from) : t("board.period.days", { first: date(from), last: date(to) });
  nameArea(news);
  charts?.show(news, choose);
}

/** A street is no choice of the list until somebody chose it. @param {News} news */
function nameArea(news) {
  const { area, level } = news.main.filter;
  const list = /** @type {HTMLSelectElement} */ (form.elements.namedItem("area"));
  list.querySelector("[data-street]")?.remove();
  if (area && !districts.has(area)) {
    const name = news.main.areas.find((a) => a.code === area && level === "street")?.name ?? charts?.nameOf(area) ?? area;
    list.append(el("option", { value: area, "data-street": true }, name));
  }
  list.value = area ?? "";
}

/** Goes to another view. @param {string} address @param {boolean} [replace] */
function go(address, replace = false) {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  markChoices();
  feed.ask();
  follow();
}

/** Lets the wall go on from where it is. */
function follow() {
  const known = () => last?.main.areas ?? [];
  const parents = () => new Set(known().map((area) => (districts.has(area.code ?? "") ? area.code : area.parent)));
  followWall(() => [...districts.keys()].filter((code) => code && (wishes().area || parents().has(code))), (address) => go(address, true));
}

/** An area was pressed on the map; pressed again, it is let go. @param {string} code @param {string | null} parent */
function choose(code, parent) {
  go(addressWith({ area: wishes().area === code ? (parent ?? "") : code }));
}

/** Shows in every control what the address says. */
function markChoices() {
  const wanted = wishes();
  for (const name of /** @type {const} */ (["period", "level"])) {
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(`[data-${name}]`))) {
      const value = link.dataset[name] ?? "";
      link.href = addressWith({ [name]: value });
      if (value === wanted[name]) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
  for (const name of /** @type {const} */ (["area", "kind", "urgency"])) {
    /** @type {HTMLSelectElement} */ (form.elements.namedItem(name)).value = wanted[name];
  }
  figureChoice.value = ON_MAP.includes(wanted.figure) ? wanted.figure : ON_MAP[0];
  /** @type {HTMLElement} */ (document.querySelector("[data-level=community]")).hidden = !wanted.area;
  const toCases = /** @type {HTMLAnchorElement} */ (part("to-cases"));
  toCases.href = `/board/cases?${new URLSearchParams(Object.entries({ area: wanted.area, kind: wanted.kind, urgency: wanted.urgency }).filter(([, value]) => value))}`;
  const n = countFilters();
  part("filters-count").hidden = part("reset").hidden = n === 0;
  part("filters-count").textContent = String(n);
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("[data-lang]"))) {
    const query = new URLSearchParams(location.search);
    query.set("lang", link.lang);
    link.href = `?${query}`;
  }
}

function listen() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    if (!link || !plain || "lang" in link.dataset || link.pathname !== location.pathname || link.hash) return;
    event.preventDefault();
    if ("stay" in link.dataset) {
      history.replaceState(null, "", link.href);
      if (last) showTable(last.main, districts);
    } else go(link.href);
  });
  form.addEventListener("change", () => {
    const given = new FormData(form);
    go(addressWith(Object.fromEntries(["area", "kind", "urgency"].map((name) => [name, String(given.get(name) ?? "")]))));
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    go(addressWith({ area: "", kind: "", urgency: "" }));
  });
  figureChoice.addEventListener("change", () => {
    history.replaceState(null, "", addressWith({ figure: figureChoice.value }));
    if (last) charts?.show(last, choose);
  });
  listenToEscape(go);
  addEventListener("popstate", () => {
    markChoices();
    feed.ask();
    follow();
  });
}

/** Charts come last: nothing waits for them. */
async function startCharts() {
  try {
    charts = await import("./charts/charts.js");
    await charts.start(document.body.dataset.charts ?? "");
    if (last) {
      nameArea(last);
      await charts.show(last, choose);
    }
  } catch (fault) {
    console.warn("no charts", fault);
    charts = undefined;
    for (const wait of document.querySelectorAll(".chart-wait")) wait.textContent = t("board.charts.failed");
  }
}

/** What came before the worker was there passes through it once more, so that the very first visit is kept too. */
function keepForLater() {
  const loaded = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
  const parts = loaded.filter(({ pathname }) => pathname.startsWith("/board/") || pathname === "/api/v1/areas");
  for (const url of new Set(["/board/", ...parts.map(String)])) fetch(url).catch((fault) => console.info("not kept", url, fault));
}

/** Registers the worker that serves the page without network. @param {Promise<void>} everything is loaded */
async function startWorker(everything) {
  if (!("serviceWorker" in navigator)) return;
  const worker = navigator.serviceWorker;
  const watched = worker.controller !== null;
  const inCharge = new Promise((done) => worker.addEventListener("controllerchange", done, { once: true }));
  try {
    await worker.register("/board/sw.js", { scope: "/board/" });
    if (watched) return;
    await Promise.all([everything, inCharge]);
    keepForLater();
  } catch (fault) {
    console.info("no offline start", fault);
  }
}

const feed = new Feed(
  show,
  (why) => showNote(t("board.refused", { why })),
  (health) => {
    part("status").dataset.state = health;
    part("status-words").textContent = t("board.nothing_yet");
  },
);

await load();
figureChoice.replaceChildren(...ON_MAP.map((figure) => el("option", { value: figure }, t(keyOf(figure)))));
/** @type {HTMLDetailsElement} */ (part("filters")).open = matchMedia("(min-width: 60rem)").matches;
startDefinitions();
markChoices();
listen();
feed.start();
follow();
startWorker(startCharts());

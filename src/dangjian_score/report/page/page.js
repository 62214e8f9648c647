"use strict";
/* The page works without this script; it adds sorting, filters, search, one unit at a time, and what is printed.
   Data is only ever put in as text. Units that are not on the page yet are built from #data when they are asked for. */
document.documentElement.classList.add("scripted", "loading"); // what the script will take away is not laid out first
addEventListener("DOMContentLoaded", () => {
  const STEP = 100;
  const byId = (id) => document.getElementById(id);
  const overview = byId("overview"), units = byId("units"), nav = units.querySelector("nav");
  const table = byId("ranked"), body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const controls = byId("controls"), search = byId("search"), shown = byId("shown"), more = byId("more");
  const selects = [...controls.querySelectorAll("select")];
  const title = document.title;

  /* The ranking */

  const fold = (text) => text.normalize("NFKC").replace(/\s+/g, "").toLowerCase();
  const rows = [...body.rows].map((row) => {
    const link = row.querySelector("a");
    return { row, id: link.hash.slice(1), name: link.textContent, key: fold(link.textContent) };
  });
  let ordered = rows, matching = rows, limit = STEP;

  const values = (row, column) => {
    const cell = row.cells[column], tags = [...cell.querySelectorAll("span")];
    return tags.length ? tags.map((one) => one.textContent) : [cell.textContent];
  };

  const draw = () => {
    body.replaceChildren(...matching.slice(0, limit).map((one) => one.row));
    more.hidden = matching.length <= limit;
    shown.textContent = shown.dataset.text.replace("{shown}", matching.length).replace("{all}", rows.length);
  };

  const filter = () => {
    const wanted = fold(search.value);
    const chosen = selects.filter((one) => one.value).map((one) => [Number(one.dataset.column), one.value]);
    matching = ordered.filter(
      (one) => one.key.includes(wanted) && chosen.every(([column, value]) => values(one.row, column).includes(value)),
    );
    limit = STEP;
    draw();
  };

  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const keys = {
    figure: (column) => (row) => Number.parseFloat(row.cells[column].textContent),
    text: (column) => (row) => row.cells[column].textContent,
    listed: (column) => {
      const select = selects.find((one) => Number(one.dataset.column) === column);
      const places = new Map([...select.options].map((one, at) => [one.value, at]));
      return (row) => places.get(values(row, column)[0]) || undefined;
    },
  };
  const blank = (key) => key === undefined || key === "" || Number.isNaN(key);
  const compare = (a, b) => (typeof a === "string" ? collator.compare(a, b) : a - b);

  /* Empty cells come last either way; units that are equal keep the order of the ranking. */
  const sort = (head, column) => {
    const kind = head.dataset.sort;
    const first = kind === "figure" && column > 0 ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const direction = head.getAttribute("aria-sort") === first ? other : first;
    const sign = direction === "ascending" ? 1 : -1;
    const key = keys[kind](column);
    ordered = rows
      .map((one) => ({ one, key: key(one.row) }))
      .sort((a, b) => blank(a.key) - blank(b.key) || (blank(a.key) ? 0 : sign * compare(a.key, b.key)))
      .map((keyed) => keyed.one);
    heads.forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", direction);
    filter();
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head, column));
    head.append(button);
  });
  /* Where groups stand one after the other the ranking is in the order of no column. */
  const ranks = rows.map((one) => keys.figure(0)(one.row)).filter((rank) => !blank(rank));
  if (ranks.every((rank, at) => at === 0 || ranks[at - 1] <= rank)) heads[0].setAttribute("aria-sort", "ascending");
  search.addEventListener("input", filter);
  selects.forEach((one) => one.addEventListener("change", filter));
  controls.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => {
    limit += STEP;
    draw();
  });

  /* One unit */

  let data;
  const build = (place) => {
    const part = data.parts[place];
    if (typeof part === "string") return document.createTextNode(part);
    const [tag, attributes] = data.kinds[part[0]];
    const element = document.createElement(tag);
    attributes.forEach(([name, value]) => element.setAttribute(name, value));
    for (let at = 1; at < part.length; at += 1) element.append(build(part[at]));
    return element;
  };
  const unit = (id) => {
    if (!byId(id)) {
      data ??= JSON.parse(byId("data").textContent);
      units.append(build(data.units[Number(id.slice(1)) - 1]));
    }
    return byId(id);
  };
  const lead = (link, one) => {
    link.hidden = !one;
    if (one) link.hash = one.id;
  };

  let left = 0, current = null;
  const show = () => {
    const id = location.hash.slice(1);
    const next = rows.find((one) => one.id === id) ?? null;
    if (next && !current) left = scrollY;
    units.querySelectorAll("section.shown").forEach((one) => one.classList.remove("shown"));
    overview.hidden = Boolean(next);
    nav.hidden = !next;
    document.title = next ? `${next.name} · ${title}` : title;
    if (next) {
      const section = unit(id), at = matching.indexOf(next);
      section.classList.add("shown");
      lead(byId("before"), matching[at - 1]);
      lead(byId("after"), at < 0 ? undefined : matching[at + 1]);
      scrollTo(0, 0);
      section.querySelector("h2").focus({ preventScroll: true });
    } else if (current) {
      scrollTo(0, left);
      current.row.querySelector("a").focus({ preventScroll: true });
    }
    current = next;
  };
  addEventListener("hashchange", show);

  /* Print: all units that match, with their details where that is asked for */

  addEventListener("beforeprint", () => {
    if (current) return;
    body.replaceChildren(...matching.map((one) => one.row));
    for (const one of byId("whole").checked ? matching : []) {
      const section = unit(one.id);
      section.classList.add("printed");
      units.append(section);
    }
  });
  addEventListener("afterprint", () => {
    units.querySelectorAll("section.printed").forEach((one) => one.classList.remove("printed"));
    draw();
  });
  byId("print").addEventListener("click", () => print());

  controls.hidden = false;
  draw();
  document.documentElement.classList.remove("loading");
  show();
});

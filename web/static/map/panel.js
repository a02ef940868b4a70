/* The side panel: weight switch, search, rows that lead to their place on the map. */
(function () {
  "use strict";
  const gisplanner = window.gisplanner;
  const MOST_FOUND = 12;

  function put(id, text) {
    const there = document.getElementById(id);
    if (there) there.textContent = text;
  }

  gisplanner.weights = function () {
    if (!document.getElementById("weights")) return;
    let tables = gisplanner.read("weights");
    function show(table) {
      put("rate-started", table.started);
      put("rate-completed", table.completed);
      put("rate-started-part", table.started_part);
      put("rate-completed-part", table.completed_part);
      put("rate-basis", table.basis);
      put("stage-amount", table.label + "（" + table.unit + "）");
      put("stage-share", "占比（按" + table.label + "）");
      put("weight-note", table.note);
      document.querySelectorAll("tr[data-stage]").forEach(function (row) {
        const stage = table.stages[row.dataset.stage];
        row.querySelector(".amount").textContent = stage.amount;
        row.querySelector(".percent").textContent = stage.percent;
        if (stage.estates !== undefined) row.querySelector(".estates").textContent = stage.estates;
      });
      document.querySelectorAll("i[data-stage]").forEach(function (bar) {
        bar.style.flexGrow = table.stages[bar.dataset.stage].share;
      });
    }
    /* Another day: the same rows with the figures of that day. */
    gisplanner.showRates = function (those, day) {
      tables = those;
      put("rates-day", "截至 " + day);
      const chosen = document.querySelector("input[name=weight]:checked");
      show(tables[chosen ? chosen.value : 0]);
      document.querySelectorAll("table.weights tbody tr").forEach(function (row, at) {
        row.cells[1].textContent = tables[at].started;
        row.cells[2].textContent = tables[at].completed;
      });
    };
    document.querySelectorAll("input[name=weight]").forEach(function (choice) {
      choice.addEventListener("change", function () { show(tables[choice.value]); });
      if (choice.checked) show(tables[choice.value]);
    });
  };

  function plain(text) {
    return text.normalize("NFKC").replace(/\s+/g, "").toLowerCase();
  }

  /* Also finds estates that are not on the map, and says so. */
  gisplanner.search = function (map) {
    const input = document.getElementById("search");
    const list = document.getElementById("search-found");
    if (!input || !document.getElementById("register")) return;
    const register = gisplanner.read("register").map(function (one) { return { ...one, key: plain(one.n) }; });

    function go(one) {
      list.hidden = true;
      input.value = one.n;
      if (one.i === null) return;
      const estates = gisplanner.groups.estates;
      const layer = estates.inOrder[one.i];
      if (!map.hasLayer(estates)) map.addLayer(estates);
      map.fitBounds(layer.getBounds(), { maxZoom: Math.min(18, map.getMaxZoom()), padding: [60, 60], animate: false });
      estates.showFacts(layer);
    }

    function find() {
      const key = plain(input.value);
      const found = key ? register.filter(function (one) { return one.key.includes(key); }) : [];
      found.sort(function (a, b) { return a.key.indexOf(key) - b.key.indexOf(key); });
      list.replaceChildren.apply(list, found.slice(0, MOST_FOUND).map(function (one) {
        const row = gisplanner.element("li");
        const button = row.appendChild(gisplanner.element("button", "", one.n));
        button.type = "button";
        button.appendChild(gisplanner.element("small", "", one.i === null ? "未上图" : one.m));
        button.addEventListener("click", function () { go(one); });
        return row;
      }));
      if (key && !found.length) list.replaceChildren(gisplanner.element("li", "none", "没有名称含“" + input.value.trim() + "”的小区"));
      list.hidden = !key;
      return found;
    }

    input.addEventListener("input", find);
    input.addEventListener("keydown", function (event) {
      if (event.key === "Escape") list.hidden = true;
      if (event.key !== "Enter") return;
      const found = find();
      if (found.length) go(found[0]);
    });
    document.addEventListener("click", function (event) {
      if (!event.target.closest(".search")) list.hidden = true;
    });
  };

  gisplanner.rows = function (map) {
    document.querySelectorAll("[data-view]").forEach(function (row) {
      row.addEventListener("click", function () {
        map.fitBounds(JSON.parse(row.dataset.view), { padding: [50, 50], maxZoom: 18 });
      });
    });
  };
})();

/* Alternatives: each is one layer of bundles with their numbers; a row of the table shows its own and hides the others. */
(function () {
  "use strict";
  const gisplanner = window.gisplanner;
  const shown = new Map();

  gisplanner.alternative = function (map, id, options) {
    const { features, labels } = gisplanner;
    const group = L.layerGroup([features(map, id, options), labels(map, id + "-names", { rank: 2, style: "area" })]);
    shown.set(id, group);
    const row = document.querySelector('tr[data-alternative="' + id + '"]');
    if (!row) return group;
    function mark() { row.classList.toggle("chosen", map.hasLayer(group)); }
    group.on("add remove", function () { window.setTimeout(mark, 0); });
    row.addEventListener("click", function () {
      shown.forEach(function (other) { if (other !== group) map.removeLayer(other); });
      map.addLayer(group);
    });
    return group;
  };
})();

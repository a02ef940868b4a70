/* An orthophoto under the plan: pictures that stand in the page, the drawn base turned down while they are shown. */
(function () {
  "use strict";
  const gisplanner = window.gisplanner;
  const ABOVE = { "base-roads": 0.35, "base-barriers": 0.45, "base-buildings": 0.5, estates: 0.55 };

  function dim(map, on) {
    Object.keys(ABOVE).forEach(function (id) {
      const pane = map.getPane(id);
      if (pane) pane.style.opacity = on ? ABOVE[id] : "";
    });
  }

  gisplanner.imagery = function (map, id, options) {
    const pane = gisplanner.pane(map, id, options.zIndex, false);
    const group = L.layerGroup(gisplanner.read(id).map(function (block) {
      return L.imageOverlay(block.u, block.b, { pane, interactive: false });
    }));
    group.on("add", function () { dim(map, true); });
    group.on("remove", function () { dim(map, false); });
    return group;
  };
})();

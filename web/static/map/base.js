/* What the map scripts share: embedded data, panes, renderers. */
(function () {
  "use strict";
  const gisplanner = (window.gisplanner = window.gisplanner || {});

  /* Vector paths print crisp; above this many a canvas keeps the page quick. */
  const MOST_SVG_PATHS = 1500;

  gisplanner.read = function (id) {
    return JSON.parse(document.getElementById(id).textContent);
  };

  gisplanner.metresPerPixel = function (map) {
    const middle = map.getSize().divideBy(2);
    return map.distance(map.containerPointToLatLng(middle), map.containerPointToLatLng(middle.add([100, 0]))) / 100;
  };

  gisplanner.pane = function (map, name, zIndex, interactive) {
    const pane = map.getPane(name) || map.createPane(name);
    pane.style.zIndex = zIndex;
    if (!interactive) pane.style.pointerEvents = "none";
    return name;
  };

  gisplanner.renderer = function (count, pane) {
    return count > MOST_SVG_PATHS ? L.canvas({ pane, padding: 0.3, tolerance: 2 }) : L.svg({ pane, padding: 0.3 });
  };

  gisplanner.element = function (tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  /* Leaflet rounds every vertex to a whole pixel, which bends the walls of small buildings; fractions print true. */
  L.Polyline.include({
    options: { ...L.Polyline.prototype.options, smoothFactor: 0.2 },
    _projectLatlngs: function (latlngs, result, bounds) {
      if (latlngs[0] instanceof L.LatLng) {
        const origin = this._map.getPixelOrigin();
        const ring = latlngs.map((latlng) => this._map.project(latlng)._subtract(origin)._multiplyBy(20)._round()._divideBy(20));
        ring.forEach((point) => bounds.extend(point));
        result.push(ring);
      } else {
        latlngs.forEach((part) => this._projectLatlngs(part, result, bounds));
      }
    },
  });
  /* Leaflet looks for its marker pictures beside its style sheet; here everything is in the page. */
  const BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
  L.Icon.Default.imagePath = "";
  L.Icon.Default.mergeOptions({ iconUrl: BLANK, iconRetinaUrl: BLANK, shadowUrl: BLANK });
})();

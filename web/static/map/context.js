/* The quiet base: roads in their width on the ground, water, railways, walls, buildings, entrances. */
(function () {
  "use strict";
  const gisplanner = window.gisplanner;

  const AREA = {
    water: { fillColor: "#cfe1ea", fillOpacity: 1, color: "#b4cfdb", weight: 0.8 },
    road: { fillColor: "#ffffff", fillOpacity: 1, color: "#d6d1c6", weight: 0.8 },
    tunnel: { fillColor: "#ffffff", fillOpacity: 0.5, color: "#d6d1c6", weight: 0.8, dashArray: "4 3" },
    building: { fillColor: "#3c4046", fillOpacity: 0.16, color: "#3c4046", weight: 0.5, opacity: 0.55 },
    wall: { fillColor: "#a89b86", fillOpacity: 0.5, color: "#8d806b", weight: 0.8 },
    rail: { fillColor: "#d9d9d9", fillOpacity: 1, color: "#777777", weight: 0.8 },
  };
  /* Strokes from below to above; `ground` follows the width on the ground, `extra` is added in pixels. */
  const STROKES = {
    road: [{ color: "#d3cdc0", ground: true, least: 1.6, extra: 1.6 }, { color: "#ffffff", ground: true, least: 0.8 }],
    tunnel: [{ color: "#d3cdc0", ground: true, least: 1.2, dashArray: "5 4" }],
    path: [{ color: "#cfc7b6", weight: 1, dashArray: "2 3" }],
    water: [{ color: "#bcd6e3", weight: 4 }],
    rail: [{ color: "#6d6d6d", weight: 3.2, lineCap: "butt" }, { color: "#ffffff", weight: 1.8, dashArray: "9 9", lineCap: "butt" }],
    wall: [{ color: "#8d806b", weight: 1.6, dashArray: "1 3.5" }],
  };
  const POINT = { entrance: { radius: 3.2, color: "#ffffff", weight: 1.2, fillColor: "#3c4046", fillOpacity: 1 } };

  function weightOf(stroke, part, scale) {
    if (!stroke.ground) return stroke.weight;
    return Math.max(stroke.least, part.width_m / scale) + (stroke.extra || 0);
  }

  gisplanner.context = function (map, id, options) {
    const parts = gisplanner.read(id);
    const pane = gisplanner.pane(map, id, options.zIndex, false);
    const common = { pane, renderer: gisplanner.renderer(0, pane), interactive: false };
    const group = L.layerGroup();
    const onGround = [];

    function add(part, style) {
      return L.geoJSON(part.geometry, {
        ...common, style, pointToLayer: function (_, at) { return L.circleMarker(at, { ...common, ...style }); },
      }).addTo(group);
    }

    const walls = [];
    parts.filter(function (part) { return part.geometry.type === "MultiPolygon"; })
      .forEach(function (part) {
        const drawn = add(part, AREA[part.sign] || AREA.building);
        if (part.sign === "building") walls.push(drawn);
      });
    const lines = parts.filter(function (part) { return part.geometry.type === "MultiLineString"; });
    [0, 1].forEach(function (level) {
      lines.forEach(function (part) {
        const stroke = (STROKES[part.sign] || STROKES.wall)[level];
        if (!stroke) return;
        const drawn = add(part, { lineCap: "round", lineJoin: "round", ...stroke, fill: false });
        if (stroke.ground) onGround.push([drawn, stroke, part]);
      });
    });
    const dots = [];
    parts.filter(function (part) { return part.geometry.type === "MultiPoint"; })
      .forEach(function (part) { dots.push([add(part, POINT[part.sign] || POINT.entrance), (POINT[part.sign] || POINT.entrance).radius]); });

    function widen() {
      const scale = gisplanner.metresPerPixel(map);
      /* Seen from afar the outlines of small buildings would run together into a dark mass. */
      const line = scale > 1.2 ? 0.25 : AREA.building.weight;
      walls.forEach(function (drawn) { drawn.setStyle({ weight: line, opacity: scale > 1.2 ? 0.35 : AREA.building.opacity }); });
      dots.forEach(function ([drawn, radius]) {
        const here = Math.max(1.1, Math.min(radius, (radius * 0.8) / scale));
        drawn.setStyle({ radius: here, weight: here * 0.36 });
      });
      onGround.forEach(function ([drawn, stroke, part]) { drawn.setStyle({ weight: weightOf(stroke, part, scale) }); });
    }
    if (onGround.length || dots.length || walls.length) {
      map.on("zoomend", widen);
      group.on("add", widen);
    }
    return group;
  };
})();

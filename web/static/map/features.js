/* A layer of many areas or lines in few looks: one style function keyed by a property, one popup for all. */
(function () {
  "use strict";
  const gisplanner = window.gisplanner;

  function styleOf(look) {
    return {
      color: look.line, weight: look.weight || 1.4, opacity: 1,
      fill: look.fill !== null, fillColor: look.fill, fillOpacity: look.opacity === undefined ? 0.72 : look.opacity,
      dashArray: look.dash || (look.dashed ? "5 4" : null), lineJoin: "round",
    };
  }

  /* Text only ever enters the page as text: names come from files of other people. */
  function popup(headings, properties) {
    const box = gisplanner.element("div", "facts");
    box.appendChild(gisplanner.element("h2", "", properties.n));
    const table = box.appendChild(gisplanner.element("table"));
    headings.forEach(function (heading, at) {
      const row = table.appendChild(gisplanner.element("tr"));
      row.appendChild(gisplanner.element("th", "", heading));
      row.appendChild(gisplanner.element("td", properties.v[at] === "未填" ? "unknown" : "", properties.v[at]));
    });
    if (properties.p) {
      const photos = box.appendChild(gisplanner.element("button", "photos"));
      photos.type = "button";
      photos.title = "放大或并排";
      photos.addEventListener("click", function () { photos.classList.toggle("large"); });
      properties.p.forEach(function (photo) {
        const figure = photos.appendChild(gisplanner.element("figure"));
        const image = figure.appendChild(gisplanner.element("img"));
        image.src = photo.src;
        image.alt = photo.t;
        figure.appendChild(gisplanner.element("figcaption", "", photo.t));
      });
    }
    return box;
  }

  /* Seen from afar the lines of a whole town would run together into one mass. */
  function thinAfar(map, group, looks, styles) {
    const full = styles.map(function (style) { return style.weight; });
    function thin() {
      const share = Math.min(1, Math.max(0.3, 1.2 / gisplanner.metresPerPixel(map)));
      styles.forEach(function (style, at) { if (looks[at].thins) style.weight = full[at] * share; });
      group.eachLayer(group.resetStyle, group);
    }
    map.on("zoomend", thin);
    group.on("add", thin);
  }

  /* A popup is never taller than the map it stands on: on a phone its end would be out of reach. */
  function limits(map) {
    return { maxWidth: 300, maxHeight: Math.max(150, map.getSize().y - 70) };
  }

  gisplanner.features = function (map, id, options) {
    const data = gisplanner.read(id);
    const pane = gisplanner.pane(map, id, options.zIndex, true);
    const styles = options.looks.map(styleOf);
    const group = L.geoJSON(data, {
      pane, renderer: gisplanner.renderer(data.features.length, pane),
      style: function (feature) { return styles[feature.properties.c]; },
    });
    if (options.looks.some(function (look) { return look.thins; })) thinAfar(map, group, options.looks, styles);
    group.bindPopup(function (layer) { return popup(options.headings, layer.feature.properties); }, limits(map));
    map.on("resize", function () { Object.assign(group.getPopup().options, limits(map)); });
    group.on("mouseover", function (event) { event.propagatedFrom.setStyle({ weight: 3 }); });
    group.on("mouseout", function (event) { group.resetStyle(event.propagatedFrom); });
    group.showFacts = function (layer) {
      L.popup(limits(map)).setLatLng(layer.getBounds().getCenter()).setContent(popup(options.headings, layer.feature.properties)).openOn(map);
    };
    group.inOrder = group.getLayers();
    gisplanner.groups = gisplanner.groups || {};
    gisplanner.groups[id] = group;
    return group;
  };
})();

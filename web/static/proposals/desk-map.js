/* The map of the desk: estates in the colour of their bundle, the ground between them, links of the picked bundle. */
(function () {
  "use strict";
  const COLOURS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee7733", "#332288", "#44aa99", "#997700", "#cc99bb", "#117733"];
  const NONE = "#b9bdc1";
  const MOST_NAMES = 300;

  window.deskMap = function (element, onEstate) {
    const map = L.map(element, { zoomSnap: 0.25, attributionControl: false, maxZoom: 22 });
    map.zoomControl.setPosition("topleft");
    L.control.scale({ imperial: false }).addTo(map);
    ["ground", "links"].forEach(function (name, at) {
      const pane = map.createPane(name);
      pane.style.zIndex = 300 + at * 150;
      pane.style.pointerEvents = "none";
    });
    const shapes = new Map();
    const colours = new Map();
    const links = L.layerGroup().addTo(map);

    /* Names never overlap: larger estates keep theirs, the others show theirs from nearer by. */
    function names() {
      const taken = [];
      [...shapes.values()]
        .filter(function (layer) { return layer.getTooltip(); })
        .map(function (layer) {
          const box = layer.getBounds();
          return { layer, area: (box.getEast() - box.getWest()) * (box.getNorth() - box.getSouth()) };
        })
        .sort(function (a, b) { return b.area - a.area; })
        .forEach(function (one) {
          const element = one.layer.getTooltip().getElement();
          if (!element) return;
          element.style.visibility = "";
          const text = element.firstChild.getBoundingClientRect();
          const box = [text.left - 2, text.top - 1, text.right + 2, text.bottom + 1];
          const free = taken.every(function (other) { return box[0] > other[2] || other[0] > box[2] || box[1] > other[3] || other[1] > box[3]; });
          if (free) taken.push(box);
          else element.style.visibility = "hidden";
        });
    }
    map.on("zoomend resize", function () { window.setTimeout(names, 300); });

    function colourOf(bundle) {
      return bundle === null ? NONE : colours.get(bundle) || NONE;
    }

    /* A bundle keeps its colour as long as it is there; a new one takes a colour nobody has. */
    function deal(bundles) {
      [...colours.keys()].forEach(function (id) { if (!bundles.includes(id)) colours.delete(id); });
      bundles.forEach(function (id) {
        if (colours.has(id)) return;
        const taken = [...colours.values()];
        const free = COLOURS.find(function (colour) { return !taken.includes(colour); });
        colours.set(id, free || "hsl(" + ((taken.length * 137.5) % 360) + " 45% 45%)");
      });
    }

    return {
      colourOf: colourOf,
      ground: function (parts) {
        const style = { pane: "ground", interactive: false };
        L.geoJSON(parts.roads, { ...style, style: { color: "#dcd6c8", weight: 4, fillColor: "#ffffff", fillOpacity: 1, lineCap: "round" } }).addTo(map);
        L.geoJSON(parts.barriers, { ...style, style: { color: "#7a8a94", weight: 2, dashArray: "6 4", fillColor: "#cfe1ea", fillOpacity: 0.8 } }).addTo(map);
        L.geoJSON(parts.buildings, { ...style, style: { color: "#5b626a", weight: 0.6, fillColor: "#5b626a", fillOpacity: 0.25 } }).addTo(map);
      },
      estates: function (collection) {
        const drawn = L.geoJSON(collection, {
          filter: function (feature) { return feature.geometry !== null; },
          onEachFeature: function (feature, layer) {
            shapes.set(feature.properties.code, layer);
            layer.on("click", function (event) {
              L.DomEvent.stop(event);
              onEstate(feature.properties.code);
            });
            if (collection.features.length <= MOST_NAMES && feature.properties.name) {
              const name = document.createElement("span");

              name.textContent = feature.properties.name;
              layer.bindTooltip(name, { permanent: true, direction: "center", className: "estate-name" });
              layer.on("mouseover", function () { layer.getTooltip().getElement().style.visibility = ""; });
              layer.on("mouseout", names);
            }
          },
        }).addTo(map);
        if (shapes.size) map.fitBounds(drawn.getBounds(), { padding: [24, 24], animate: false });
        names();
      },
      show: function (bundleOf, bundles, picked, locked) {
        deal(bundles);
        shapes.forEach(function (layer, code) {
          const bundle = bundleOf.get(code) || null;
          const mine = bundle !== null && bundle === picked;
          layer.setStyle({
            color: mine ? "#14202c" : "#4a535c", weight: mine ? 3 : 1.2, fillColor: colourOf(bundle),
            fillOpacity: picked && !mine ? 0.35 : 0.62, dashArray: bundle === null ? "5 4" : locked.includes(bundle) ? "2 3" : null,
          });
          if (mine) layer.bringToFront();
        });
      },
      mark: function (codes) {
        codes.forEach(function (code) {
          const layer = shapes.get(code);
          if (layer) layer.setStyle({ color: "#b3261e", weight: 4, dashArray: null }).bringToFront();
        });
      },
      links: function (pairs) {
        links.clearLayers();
        pairs.forEach(function (pair) {
          const a = shapes.get(pair.a);
          const b = shapes.get(pair.b);
          if (!a || !b) return;
          L.polyline([a.getBounds().getCenter(), b.getBounds().getCenter()], {
            pane: "links", interactive: false, color: pair.outside ? "#9c2f1c" : "#14202c", weight: pair.outside ? 1.6 : 2.4,
            dashArray: pair.outside ? "2 5" : null,
          }).addTo(links);
        });
      },
    };
  };
})();

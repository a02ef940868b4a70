/* What makes it a sheet: scale, north, full screen, measuring, whole map, and a print on A3 at a round scale. */
(function () {
  "use strict";
  const gisplanner = window.gisplanner;

  const ROUND_SCALES = [500, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 7500, 8000, 10000, 12500, 15000, 20000, 25000, 30000, 40000, 50000, 75000, 100000, 150000, 200000, 250000, 500000, 1000000];
  const MM_PER_PIXEL = 25.4 / 96;
  /* The buttons stand on the left; nothing of the plan hides behind them at first sight. */
  const ROOM = { paddingTopLeft: [58, 20], paddingBottomRight: [48, 34] };

  const North = L.Control.extend({
    options: { position: "topright" },
    onAdd: function () {
      const box = gisplanner.element("div", "north");
      box.setAttribute("aria-label", "指北针，上北");
      box.innerHTML = '<svg viewBox="0 0 40 56" width="30" height="42" aria-hidden="true"><path d="M20 14 L31 52 L20 44 Z" fill="#22272b"/><path d="M20 14 L9 52 L20 44 Z" fill="#ffffff" stroke="#22272b" stroke-width="1.4" stroke-linejoin="round"/><text x="20" y="11" text-anchor="middle" font-size="13" font-weight="700" fill="#22272b">N</text></svg>';
      return box;
    },
  });

  const Whole = L.Control.extend({
    options: { position: "topleft" },
    initialize: function (corners) { this._corners = corners; },
    onAdd: function (map) {
      const box = gisplanner.element("div", "leaflet-bar leaflet-control");
      const link = box.appendChild(gisplanner.element("a", "whole", "全"));
      link.href = "#";
      link.title = "显示全图";
      link.setAttribute("role", "button");
      const corners = this._corners;
      L.DomEvent.on(link, "click", function (event) {
        L.DomEvent.stop(event);
        gisplanner.wholeView(map, corners, true);
      });
      return box;
    },
  });

  function measuring(map) {
    /* leaflet-measure predates Leaflet 1.8: without this the map jumps at every click. */
    L.Control.Measure.include({
      _setCaptureMarkerIcon: function () {
        this._captureMarker.options.autoPanOnFocus = false;
        this._captureMarker.setIcon(L.divIcon({ iconSize: this._map.getSize().multiplyBy(2) }));
      },
    });
    new L.Control.Measure({
      position: "topleft", primaryLengthUnit: "meters", secondaryLengthUnit: "kilometers",
      primaryAreaUnit: "sqmeters", secondaryAreaUnit: "hectares", activeColor: "#b5432b", completedColor: "#b5432b",
    }).addTo(map);
    const link = map.getContainer().querySelector(".leaflet-control-measure-toggle");
    if (link) link.title = "测量距离和面积";
  }

  function fullScreen(map) {
    new L.Control.FullScreen({ position: "topleft", title: "全屏", titleCancel: "退出全屏", fullscreenElement: document.documentElement }).addTo(map);
    map.on("enterFullscreen exitFullscreen", function () { map.invalidateSize(); });
  }

  function metresPerPixelAt(zoom, latitude) {
    return (40075016.686 * Math.cos((latitude * Math.PI) / 180)) / (256 * Math.pow(2, zoom));
  }

  /* The largest round scale at which everything fits the sheet. */
  function roundScale(map, bounds) {
    const latitude = bounds.getCenter().lat;
    const fitting = map.getBoundsZoom(bounds, false, L.point(20, 20));
    const needed = (metresPerPixelAt(fitting, latitude) * 1000) / MM_PER_PIXEL;
    const denominator = ROUND_SCALES.find(function (one) { return one >= needed * 0.9999; }) || Math.ceil(needed / 1e6) * 1e6;
    const zoom = Math.log2((40075016.686 * Math.cos((latitude * Math.PI) / 180)) / (256 * ((denominator * MM_PER_PIXEL) / 1000)));
    return { denominator, zoom };
  }

  function printing(map, corners) {
    const root = document.documentElement;
    const note = document.querySelector(".print-scale");
    let before = null;
    let folded = [];
    window.addEventListener("beforeprint", function () {
      before = { centre: map.getCenter(), zoom: map.getZoom(), snap: map.options.zoomSnap, retina: L.Browser.retina };
      root.classList.add("printing");
      map.closePopup();
      folded = Array.from(document.querySelectorAll("details:not([open])"));
      folded.forEach(function (one) { one.open = true; });
      map.options.zoomSnap = 0;
      L.Browser.retina = true;
      map.invalidateSize({ animate: false, pan: false });
      const bounds = L.latLngBounds(corners);
      const scale = roundScale(map, bounds);
      map.setView(bounds.getCenter(), Math.min(scale.zoom, map.getMaxZoom()), { animate: false });
      if (note) note.textContent = "比例尺 1:" + scale.denominator.toLocaleString("en-US").replace(/,/g, " ") + "（A3 原大）";
    });
    window.addEventListener("afterprint", function () {
      if (!before) return;
      root.classList.remove("printing");
      folded.forEach(function (one) { one.open = false; });
      map.options.zoomSnap = before.snap;
      L.Browser.retina = before.retina;
      map.invalidateSize({ animate: false, pan: false });
      map.setView(before.centre, before.zoom, { animate: false });
      before = null;
    });
  }

  function sideToggle(map) {
    const button = document.querySelector(".side-toggle");
    button.addEventListener("click", function () {
      const folded = document.body.classList.toggle("side-folded");
      button.setAttribute("aria-expanded", String(!folded));
      map.invalidateSize();
    });
  }

  gisplanner.wholeView = function (map, corners, animate) {
    map.invalidateSize({ animate: false });
    map.fitBounds(corners, { ...ROOM, animate: Boolean(animate) });
  };

  gisplanner.sheet = function (map, options) {
    map.zoomControl && map.zoomControl.getContainer().querySelectorAll("a").forEach(function (link, at) { link.title = at ? "缩小" : "放大"; });
    new Whole(options.corners).addTo(map);
    fullScreen(map);
    measuring(map);
    new North().addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140, position: "bottomleft" }).addTo(map);
    map.getContainer().setAttribute("lang", "zh-CN");
    sideToggle(map);
    printing(map, options.corners);
    gisplanner.weights();
    gisplanner.history(map);
    gisplanner.search(map);
    gisplanner.rows(map);
    gisplanner.map = map;
    if (map.names) map.names.place();
  };
})();

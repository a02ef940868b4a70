/* Names that never overlap: the more important first, moved a little where that helps, else left out until there is room. */
(function () {
  "use strict";
  const gisplanner = window.gisplanner;

  const STYLES = {
    estate: { size: 12.5, line: 15, bold: true, wrap: 7, beside: true },
    area: { size: 14, line: 17, bold: true, wrap: 9 },
    link: { size: 11, line: 13, bold: false, wrap: 99 },
    cut: { size: 11, line: 13, bold: false, wrap: 99 },
    road: { size: 11, line: 13, bold: false, wrap: 99, spacing: 2 },
  };
  const GAP = 3;
  const CELL = 80;
  const MOST = 600;
  let measured = null;
  const measuring = document.createElement("canvas").getContext("2d");

  let family = null;
  function fontOf(style) {
    family = family || getComputedStyle(document.body).fontFamily;
    return (style.bold ? "600 " : "400 ") + style.size + "px " + family;
  }

  /* Long names break in the middle: two even lines read better than a long one across the neighbours. */
  function broken(text, most) {
    const words = text.match(/[A-Za-z0-9.-]+|./gsu) || [""];
    const size = function (word) { return word.length > 1 ? word.length / 2 : 1; };
    const whole = words.reduce(function (sum, word) { return sum + size(word); }, 0);
    const each = whole / Math.ceil(whole / most);
    const rows = [""];
    let full = 0;
    words.forEach(function (word) {
      if (rows[rows.length - 1] && full + size(word) / 2 > each * rows.length) rows.push("");
      rows[rows.length - 1] += word;
      full += size(word);
    });
    return rows;
  }

  function boxOf(label) {
    if (label.box) return label.box;
    const style = label.style;
    const font = fontOf(style);
    if (measured !== font) measuring.font = measured = font;
    label.rows = broken(label.t, style.wrap);
    const width = Math.max.apply(null, label.rows.map(function (row) { return measuring.measureText(row).width + row.length * (style.spacing || 0); }));
    const extra = label.k ? 15 + label.k.length * 7 : 0;
    const height = label.rows.length * style.line;
    /* Names along steep roads are written downwards with upright signs, as Chinese maps do. */
    label.down = Math.abs(label.a || 0) > 45;
    label.turn = label.down ? label.a - Math.sign(label.a) * 90 : label.a || 0;
    const turn = Math.abs(((label.down ? label.turn + 90 : label.turn) * Math.PI) / 180);
    label.text = [width + extra, height];
    label.box = [
      (width + extra) * Math.cos(turn) + height * Math.sin(turn) + 2 * GAP,
      (width + extra) * Math.sin(turn) + height * Math.cos(turn) + 2 * GAP,
    ];
    return label.box;
  }

  function Taken() {
    this.cells = new Map();
  }
  Taken.prototype.each = function (box, visit) {
    for (let x = Math.floor(box[0] / CELL); x <= Math.floor(box[2] / CELL); x++) {
      for (let y = Math.floor(box[1] / CELL); y <= Math.floor(box[3] / CELL); y++) {
        if (visit(x + "," + y)) return true;
      }
    }
    return false;
  };
  Taken.prototype.free = function (box) {
    const cells = this.cells;
    return !this.each(box, function (key) {
      return (cells.get(key) || []).some(function (other) {
        return box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
      });
    });
  };
  Taken.prototype.take = function (box) {
    const cells = this.cells;
    this.each(box, function (key) {
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(box);
    });
  };

  /* One placer a map: all sets of names keep clear of each other. */
  const Placer = L.Layer.extend({
    initialize: function () {
      this._sets = new Map();
    },
    onAdd: function (map) {
      this._container = L.DomUtil.create("div", "labels leaflet-zoom-hide", map.getPane("markerPane"));
      map.on("zoomend moveend resize", this.place, this);
    },
    show: function (id, labels) {
      this._sets.set(id, labels);
      this.place();
    },
    hide: function (id) {
      this._sets.delete(id);
      this.place();
    },
    /* Returns the frame that names stay in, and takes what the buttons cover. */
    _edges: function (map, taken) {
      const frame = map.getContainer().getBoundingClientRect();
      const origin = map.containerPointToLayerPoint([0, 0]);
      map.getContainer().querySelectorAll(".leaflet-control").forEach(function (control) {
        const box = control.getBoundingClientRect();
        if (!box.width) return;
        const x = box.left - frame.left + origin.x;
        const y = box.top - frame.top + origin.y;
        taken.take([x, y, x + box.width, y + box.height]);
      });
      return L.bounds(origin, origin.add(map.getSize()));
    },
    place: function () {
      const map = this._map;
      if (!map || !gisplanner.map) return;
      const view = map.getBounds();
      const scale = map.getZoomScale(map.getZoom(), 0) * 256 / 40075016.686 / Math.cos((view.getCenter().lat * Math.PI) / 180);
      const all = [].concat.apply([], Array.from(this._sets.values()));
      const near = all.filter(function (label) { return view.contains([label.y, label.x]); });
      near.sort(function (a, b) { return a.rank - b.rank || b.w - a.w; });
      const taken = new Taken();
      const edge = this._edges(map, taken);
      const shown = document.createDocumentFragment();
      let count = 0;
      for (const label of near) {
        if (count >= MOST) break;
        const box = boxOf(label);
        if (label.room && label.room * scale < label.text[0] * 1.15) continue;
        const at = map.latLngToLayerPoint([label.y, label.x]);
        const off = (label.h || 0) * scale + box[1] / 2;
        for (const shift of label.style.beside ? [0, -off, off] : [0]) {
          const middle = at.y + shift;
          const claim = [at.x - box[0] / 2, middle - box[1] / 2, at.x + box[0] / 2, middle + box[1] / 2];
          if (claim[0] < edge.min.x || claim[1] < edge.min.y || claim[2] > edge.max.x || claim[3] > edge.max.y) continue;
          if (!taken.free(claim)) continue;
          taken.take(claim);
          shown.appendChild(drawn(label, at.x, middle));
          count += 1;
          break;
        }
      }
      this._container.replaceChildren(shown);
    },
  });

  function drawn(label, x, y) {
    const made = gisplanner.element("div", "label label-" + label.kind + (label.down ? " label-down" : ""));
    label.rows.forEach(function (row) { made.appendChild(gisplanner.element("span", "", row)); });
    if (label.k) {
      const mark = gisplanner.element("i", "mark", label.k);
      mark.style.background = label.f;
      made.firstChild.prepend(mark);
    }
    made.style.transform = "translate(" + Math.round(x) + "px," + Math.round(y) + "px) translate(-50%,-50%)" + (label.turn ? " rotate(" + label.turn + "deg)" : "");
    return made;
  }

  gisplanner.labels = function (map, id, options) {
    if (!map.names) map.names = new Placer().addTo(map);
    const labels = gisplanner.read(id).map(function (label) {
      return { ...label, rank: options.rank, kind: options.style, style: STYLES[options.style] };
    });
    const layer = L.layerGroup();
    layer.on("add", function () { map.names.show(id, labels); });
    layer.on("remove", function () { map.names.hide(id); });
    return layer;
  };
})();

/* The time slider of the progress map: estates, rates and late lines as they stood on the chosen day. */
(function () {
  "use strict";
  const gisplanner = window.gisplanner;
  const TICK_MS = 700;

  function stageOn(steps, day) {
    let stage = 0;
    for (let at = 0; at < steps.length && steps[at] <= day; at += 2) stage = steps[at + 1];
    return stage;
  }

  /* Late: a due day has passed and what it asks for had not been reached by then. */
  function lateOn(pairs, due, today) {
    for (let at = 0; at < pairs.length; at += 2) {
      const reached = pairs[at + 1];
      if (due[pairs[at]] < today && (!reached || reached > today)) return true;
    }
    return false;
  }

  gisplanner.history = function (map) {
    const slider = document.getElementById("day");
    if (!slider || !document.getElementById("past")) return;
    const past = gisplanner.read("past");
    const last = past.days.length - 1;
    const label = document.getElementById("day-shown");
    const play = document.getElementById("day-play");
    const group = gisplanner.groups && gisplanner.groups.estates;
    const layers = group ? group.inOrder : [];
    const original = layers.map(function (layer) { return [layer.feature.properties.c, layer.feature.properties.v[0]]; });
    let running = null;

    function show(day) {
      const today = past.dayNumbers[day];
      const stages = past.steps.map(function (steps) { return stageOn(steps, day); });
      const late = past.late.map(function (pairs) { return lateOn(pairs, past.due, today); });
      layers.forEach(function (layer, row) {
        const project = past.of[row];
        const facts = layer.feature.properties;
        if (day === last || project < 0) {
          facts.c = original[row][0];
          facts.v[0] = original[row][1];
        } else {
          const looks = past.looks[stages[project]];
          facts.c = late[project] && looks[1] !== null ? looks[1] : looks[0];
          facts.v[0] = past.names[stages[project]];
        }
        group.resetStyle(layer);
      });
      map.closePopup();
      label.textContent = past.days[day];
      slider.setAttribute("aria-valuetext", past.days[day]);
      document.body.classList.toggle("past-day", day !== last);
      const behind = document.getElementById("behind");
      if (behind) behind.textContent = late.reduce(function (sum, is, at) { return sum + (is ? past.sizes[at] : 0); }, 0);
      gisplanner.showRates(past.tables[day], past.days[day]);
    }

    function stop() {
      clearInterval(running);
      running = null;
      play.textContent = "播放";
    }

    slider.addEventListener("input", function () { show(Number(slider.value)); });
    play.addEventListener("click", function () {
      if (running) return stop();
      if (Number(slider.value) === last) slider.value = 0;
      play.textContent = "停止";
      show(Number(slider.value));
      running = setInterval(function () {
        slider.value = Number(slider.value) + 1;
        show(Number(slider.value));
        if (Number(slider.value) === last) stop();
      }, TICK_MS);
    });
  };
})();

/* The desk: pick a bundle, click an estate, give a reason; the server decides and everything it decides is kept. */
(function () {
  "use strict";
  const base = document.body.dataset.base;
  const mayChange = document.body.dataset.mayChange === "yes";
  const at = function (id) { return document.getElementById(id); };
  const state = { proposal: null, picked: null, mode: null, chosen: [], pending: null };
  const names = new Map();
  const map = window.deskMap(at("map"), onEstate);
  const panel = window.deskPanel;

  function nameOf(code) { return names.get(code) || code; }

  async function ask(path, body) {
    const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    let answer;
    try {
      answer = await fetch(base + path, options);
    } catch (error) {
      throw { message: "没有连上服务器，未作任何改动。所填的理由还在，可再试一次。", items: [] };
    }
    const document_ = await answer.json();
    if (!answer.ok) throw document_.error;
    return document_;
  }

  function say(text, good) {
    const box = at("message");
    box.hidden = !text;
    box.textContent = text || "";
    box.classList.toggle("good", Boolean(good));
    if (text) box.scrollIntoView({ block: "nearest" });
  }

  /* The server names estates by code; codes without a letter cannot be told from numbers and stay. */
  function named(text) { return text.replace(/[A-Za-z][\w-]*/g, nameOf); }

  function told(error) {
    const hints = (error.items || []).map(function (item) { return item.hint; }).filter(Boolean);
    return named(error.message) + (hints.length ? "\n" + named([...new Set(hints)].join("；")) : "");
  }

  function bundleOf() {
    const found = new Map();
    state.proposal.bundles.forEach(function (one) { one.estates.forEach(function (code) { found.set(code, one.id); }); });
    return found;
  }

  function pickedBundle() {
    return state.proposal && state.proposal.bundles.find(function (one) { return one.id === state.picked; });
  }

  function draw() {
    const proposal = state.proposal;
    if (!proposal) return;
    if (!pickedBundle()) state.picked = null;
    const one = pickedBundle();
    map.show(bundleOf(), proposal.bundles.map(function (b) { return b.id; }), state.picked, proposal.bundles.filter(function (b) { return b.locked; }).map(function (b) { return b.id; }));
    map.mark(state.chosen);
    map.links(one ? [...one.links, ...one.neighbours_outside.map(function (near) { return { a: near.of, b: near.estate, outside: true }; })] : []);
    panel.bundles(at("tab-bundles"), proposal, nameOf, map.colourOf, state.picked, pick);
    panel.why(at("tab-why"), one, nameOf);
    panel.changes(at("tab-changes"), proposal);
    panel.official(at("tab-official"), proposal);
    const bound = proposal.p_upper_bound === null ? "" : "（上界 " + proposal.p_upper_bound + (proposal.proven ? "，已证明最优" : "") + "）";
    at("summary").textContent = proposal.p + " 个片区" + bound + (proposal.official.moved === null ? "" : "，与备注列移动 " + proposal.official.moved + " 个小区") + (proposal.inputs_changed ? "。注意：划定之后小区数据或轮廓有改动" : "");
    at("hint").textContent = hint();
    if (!at("tab-subsidy").hidden) subsidy();
    if (mayChange) tools();
  }

  function hint() {
    if (state.mode === "move") return state.picked ? "点要移入片区 " + state.picked + " 的小区" : "先点一个片区";
    if (state.mode === "merge") return "点要并入片区 " + state.picked + " 的片区中任一小区";
    if (state.mode === "split") return "点要拆出的小区，可多选，再写理由";
    return "";
  }

  function tools() {
    const one = pickedBundle();
    document.querySelectorAll("[data-do]").forEach(function (button) {
      const kind = button.dataset.do;
      button.classList.toggle("on", kind === state.mode);
      button.disabled = (!one && !["undo", "adopt", "reoptimise"].includes(kind)) || (Boolean(one) && one.locked && ["move", "merge", "split"].includes(kind));
      if (kind === "lock") button.textContent = one && one.locked ? "解锁" : "锁定";
    });
    at("pending").hidden = !state.pending;
    at("what").textContent = state.pending ? state.pending.what : "";
  }

  function pick(id) {
    state.picked = id;
    if (state.mode !== "move") leave();
    draw();
  }

  function leave() {
    state.mode = null;
    state.chosen = [];
    state.pending = null;
    if (mayChange) at("sign-row").hidden = true;
  }

  function prepare(what, body) {
    state.pending = { what: what, body: body };
    at("sign-row").hidden = true;
    draw();
    at("act").elements.reason.focus();
  }

  function onEstate(code) {
    if (!state.proposal) return;
    const home = bundleOf().get(code) || null;
    if (state.mode === "move" && state.picked && home !== state.picked) {
      state.chosen = [code];
      prepare("移动 " + nameOf(code) + "：" + (home === null ? "未入片区" : "片区 " + home) + " → 片区 " + state.picked, { kind: "move", estate: code, bundle: state.picked });
    } else if (state.mode === "merge" && home !== null && home !== state.picked) {
      prepare("合并：片区 " + home + " 并入片区 " + state.picked, { kind: "merge", bundle: state.picked, other: home });
    } else if (state.mode === "split" && home === state.picked) {
      state.chosen = state.chosen.includes(code) ? state.chosen.filter(function (one) { return one !== code; }) : [...state.chosen, code];
      const free = fresh();
      if (state.chosen.length) prepare("从片区 " + home + " 拆出 " + state.chosen.map(nameOf).join("、") + "，成为片区 " + free, { kind: "split", bundle: home, estates: state.chosen, new: free });
      else { state.pending = null; draw(); }
    } else if (home !== null) {
      pick(home);
    }
  }

  function fresh() {
    const used = state.proposal.bundles.map(function (one) { return one.id; });
    let number = used.length + 1;
    while (used.includes("N" + number)) number += 1;
    return "N" + number;
  }

  function start(kind) {
    const again = state.mode === kind;
    const one = pickedBundle();
    leave();
    say("");
    if (again) return draw();
    if (["move", "merge", "split"].includes(kind)) {
      state.mode = kind;
      return draw();
    }
    if (kind === "lock") return prepare((one.locked ? "解锁" : "锁定") + "片区 " + one.id, { kind: one.locked ? "unlock" : "lock", bundle: one.id });
    if (kind === "reoptimise") {
      const lock = one && !one.locked ? one.id : null;
      return prepare(lock ? "锁定片区 " + lock + "，其余重新划定" : "锁定的片区不动，其余重新划定", { kind: "reoptimise", bundle: lock });
    }
    if (kind === "undo") return prepare("撤销最近一次调整", { kind: "undo" });
    return prepare("采用方案 " + state.proposal.name + "：各片区成为改造片区，台账备注随之", { kind: "adopt" });
  }

  async function submit(event) {
    event.preventDefault();
    if (!state.pending) return;
    const form = at("act").elements;
    const body = { ...state.pending.body, reason: form.reason.value, sign: form.sign.value || null, seen: state.proposal.changes.length };
    at("do").disabled = true;
    try {
      const begun = performance.now();
      state.proposal = await ask("/change?name=" + encodeURIComponent(state.proposal.name), body);
      const seconds = ((performance.now() - begun) / 1000).toFixed(2);
      form.reason.value = form.sign.value = "";
      const mode = state.mode;
      leave();
      if (mode === "move") state.mode = mode;
      if (body.kind === "split") state.picked = body.new;
      say("已记录（" + seconds + " 秒）。" + (body.kind === "adopt" ? "改造片区已更新，台账备注列随之。" : "可撤销。"), true);
      draw();
      refreshList();
    } catch (error) {
      /* What was typed stays: a refused change loses nothing, and a soft rule asks for a signature. */
      if ((error.items || []).some(function (item) { return String(item.hint || "").includes("签字"); })) {
        at("sign-row").hidden = false;
        error = { ...error, items: [{ hint: "可由负责人签字，作为例外" }] };
      }
      say(told(error));
    } finally {
      at("do").disabled = false;
    }
  }

  async function refreshList() {
    const found = (await ask("/list")).proposals;
    const select = at("proposals");
    const current = state.proposal ? state.proposal.name : new URLSearchParams(location.search).get("name");
    select.replaceChildren.apply(select, found.map(function (one) {
      const option = document.createElement("option");
      option.value = one.name;
      option.textContent = one.name + "（" + one.p + " 个片区）";
      option.selected = one.name === current;
      return option;
    }));
    return found;
  }

  async function open(name) {
    leave();
    say("");
    state.proposal = await ask("/one?name=" + encodeURIComponent(name));
    history.replaceState(null, "", "?name=" + encodeURIComponent(name));
    draw();
  }

  function subsidy() {
    return ask("/application?name=" + encodeURIComponent(state.proposal.name))
      .then(function (found) { panel.subsidy(at("tab-subsidy"), found); })
      .catch(function (error) { at("tab-subsidy").replaceChildren(); say(told(error)); });
  }

  function limits() {
    const rows = Array.from(at("make").querySelectorAll("[data-measure]"), function (row) {
      const limit = { measure: row.dataset.measure, at_least: null, at_most: null, budget: row.dataset.budget === "yes" };
      row.querySelectorAll("[data-bound]").forEach(function (input) { if (input.value !== "") limit[input.dataset.bound] = Number(input.value); });
      return limit;
    });
    return rows.filter(function (limit) { return limit.at_least !== null || limit.at_most !== null; });
  }

  function weights(aim) {
    return { homogeneous: aim === "compact" || aim === "balanced" ? 0 : 1, compact: aim === "compact" ? 1 : 0, balanced: aim === "balanced" ? 1 : 0 };
  }

  async function make(event) {
    event.preventDefault();
    const form = at("make").elements;
    const number = function (field) { return form[field].value === "" ? null : Number(form[field].value); };
    const body = { name: form.name.value };
    if (form.source.value === "bundle") {
      Object.assign(body, {
        gap_m: number("gap_m"), min_size: number("min_size"), max_size: number("max_size"), limits: limits(), first: form.first.value,
        weights: weights(form.aim.value), alike: ["year_built", "needs"].includes(form.aim.value) ? [form.aim.value] : [],
        within: form.within.value || null, needs: form.needs.checked, barriers: form.barriers.checked,
        leftovers: form.leftovers.checked,
      });
    }
    try {
      state.proposal = await ask("/make", body);
      at("make").hidden = true;
      state.picked = null;
      leave();
      await refreshList();
      history.replaceState(null, "", "?name=" + encodeURIComponent(state.proposal.name));
      say("已生成并存入。", true);
      draw();
    } catch (error) {
      say(told(error));
    }
  }

  function wire() {
    document.querySelectorAll("[data-tab]").forEach(function (button) {
      button.addEventListener("click", function () {
        if (button.dataset.tab === "subsidy" && state.proposal) subsidy();
        document.querySelectorAll("[data-tab]").forEach(function (other) {
          other.setAttribute("aria-selected", String(other === button));
          at("tab-" + other.dataset.tab).hidden = other !== button;
        });
      });
    });
    at("proposals").addEventListener("change", function () { open(at("proposals").value).catch(function (error) { say(told(error)); }); });
    if (!mayChange) return;
    document.querySelectorAll("[data-do]").forEach(function (button) { button.addEventListener("click", function () { start(button.dataset.do); }); });
    at("act").addEventListener("submit", submit);
    at("cancel").addEventListener("click", function () { leave(); say(""); draw(); });
    at("new").addEventListener("click", function () { at("make").hidden = !at("make").hidden; });
    at("make-off").addEventListener("click", function () { at("make").hidden = true; });
    at("make").addEventListener("submit", make);
    at("make").elements.source.addEventListener("change", function () {
      at("make").querySelectorAll("[data-of]").forEach(function (row) { row.hidden = at("make").elements.source.value !== "bundle"; });
    });
    if (!state.proposal) tools();
  }

  async function begin() {
    wire();
    const [ground, estates, found] = await Promise.all([ask("/ground"), ask("/estates"), refreshList()]);
    estates.features.forEach(function (feature) { names.set(feature.properties.code, feature.properties.name || feature.properties.code); });
    at("illustrative").hidden = !estates.features.some(function (feature) { return feature.properties.illustrative; });
    map.estates(estates);
    map.ground(ground);
    const wanted = new URLSearchParams(location.search).get("name");
    const first = found.find(function (one) { return one.name === wanted; }) || found[0];
    if (first) await open(first.name);
    else {
      at("summary").textContent = "还没有方案。" + (mayChange ? "点“新建”按间距划定，或存入台账备注列。" : "");
      if (mayChange) at("make").hidden = false;
    }
    document.body.dataset.ready = "yes";
  }

  begin().catch(function (error) { say(told(error)); });
})();

/* The lists of the desk. Text only ever enters the page as text: names come from files of other people. */
(function () {
  "use strict";
  const KINDS = { made: "生成", move: "移动", merge: "合并", split: "拆分", lock: "锁定", unlock: "解锁", reoptimise: "重新划定", undo: "撤销", adopt: "采用" };

  function made(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined && text !== null) element.textContent = text;
    return element;
  }

  function known(value, unit, what) {
    return value === null ? what + "未填" : value + " " + unit;
  }

  function totals(one) {
    return [one.count + " 个小区", known(one.households, "户", "户数"), known(one.buildings, "栋", "栋数"), known(one.floor_area_10k_m2, "万㎡", "建筑面积")].join(" · ");
  }

  function list(parent, heading, rows) {
    parent.appendChild(made("h3", "", heading));
    const box = parent.appendChild(made("ul"));
    (rows.length ? rows : ["—"]).forEach(function (row) {
      if (typeof row === "string") return box.appendChild(made("li", "", row));
      const item = box.appendChild(made("li", "", row[0]));
      item.appendChild(made("br"));
      return item.appendChild(made("small", "", row[1]));
    });
  }

  function metres(one) {
    return one.shared_edge_m > 0 ? "共边 " + one.shared_edge_m.toFixed(1) + " m" : one.contact === "共角" ? "共角" : "间距 " + one.gap_m.toFixed(1) + " m";
  }

  function joint(parent, told, nameOf) {
    const works = Object.entries(told.tender.works).map(function ([need, codes]) { return need + "：" + codes.map(nameOf).join("、"); });
    if (told.tender.works_unknown.length) works.push("改造需求未填：" + told.tender.works_unknown.map(nameOf).join("、"));
    list(parent, "打包招标：" + totals(told.tender.totals), works);
    [told.answer, ...told.elsewhere].filter(Boolean).forEach(function (one) {
      parent.appendChild(made("p", "", one.answer ? one.answer + "：" + one.reason : one.note));
      if (one.quote) parent.appendChild(made("blockquote", "", "「" + one.quote + "」—— " + one.document_title));
    });
    if (!told.acceptance) return;
    const places = [...told.acceptance.subdistricts, ...told.acceptance.communities].join("、");
    list(parent, "联合验收：" + told.acceptance.organiser + "组织" + (places ? "（" + places + "）" : ""),
      [told.acceptance.parties.map(function (one) { return one.name; }).join("、")]);
    parent.appendChild(made("blockquote", "", "「" + told.acceptance.quote + "」"));
  }

  window.deskPanel = {
    bundles: function (parent, proposal, nameOf, colourOf, picked, pick) {
      parent.replaceChildren();
      proposal.bundles.forEach(function (one) {
        const row = parent.appendChild(made("div", "bundle" + (one.id === picked ? " picked" : "")));
        row.tabIndex = 0;
        row.dataset.bundle = one.id;
        const mark = row.appendChild(made("b", "", one.id));
        mark.style.backgroundColor = colourOf(one.id);
        row.appendChild(made("span", "", totals(one)));
        row.appendChild(made("span", "lock", one.locked ? "已锁定" : ""));
        row.appendChild(made("span", "who", one.estates.map(nameOf).join("、")));
        row.addEventListener("click", function () { pick(one.id); });
        row.addEventListener("keydown", function (event) { if (event.key === "Enter") pick(one.id); });
      });
      if (proposal.left_over.length) {
        list(parent, "未入片区", proposal.left_over.map(function (one) { return [nameOf(one.estate), one.reason]; }));
      }
    },
    why: function (parent, one, nameOf) {
      parent.replaceChildren();
      if (!one) {
        parent.appendChild(made("p", "", "点图上的小区或列表中的片区，看它为何如此。"));
        return;
      }
      parent.appendChild(made("h3", "", "片区 " + one.id + "：" + totals(one)));
      const apart = one.estates.length > 1 && !one.links.length ? ["小区之间没有间距容差以内的相邻关系"] : [];
      list(parent, "何以成片", apart.length ? apart : one.links.map(function (link) {
        return link.names.join(" – ") + "：" + metres(link) + (link.shared_needs.length ? "，共同需求 " + link.shared_needs.join("、") : "");
      }));
      if (one.resting_on.length) list(parent, "作为例外的相邻关系", one.resting_on.map(function (link) { return [link.names.join(" – ") + "：" + metres(link), link.why]; }));
      const place = one.same_community === null ? "社区未填" : one.same_community ? "同一社区" : "跨社区";
      const needs = one.shared_needs === null ? "改造需求未填：" + one.needs_unknown.length + " 个小区" : "全部小区共同的需求：" + (one.shared_needs.join("、") || "无");
      list(parent, place + (one.communities.length ? "：" + one.communities.join("、") : ""), [needs]);
      list(parent, "相邻而不在其中", one.neighbours_outside.map(function (near) {
        return [near.name + "（距 " + near.of_name + " " + near.gap_m.toFixed(1) + " m）", near.why];
      }));
      if (one.bordering_not_in_plan && one.bordering_not_in_plan.length) {
        list(parent, "相邻但未列入计划", one.bordering_not_in_plan.map(function (near) { return near.name + " " + near.gap_m.toFixed(1) + " m"; }));
      }
      if (one.changed_by.length) list(parent, "人工调整", one.changed_by.map(function (change) { return [KINDS[change.kind] + " " + change.what + "（" + change.by + "）", change.reason]; }));
      joint(parent, one.joint, nameOf);
    },
    changes: function (parent, proposal) {
      parent.replaceChildren();
      list(parent, "每次调整及理由", proposal.changes.slice().reverse().map(function (change) {
        const when = new Date(change.at).toLocaleString("zh-CN", { hour12: false });
        const signed = change.exceptions.length ? "；例外：" + change.exceptions.join("；") + "（签字 " + change.signed_by + "）" : "";
        return [KINDS[change.kind] + " " + change.what + "：" + change.reason + signed, when + " " + change.by];
      }));
    },
    official: function (parent, proposal) {
      parent.replaceChildren();
      const found = proposal.official;
      if (!found.rows.length) return void parent.appendChild(made("p", "", "台账没有项目（备注），没有可对比的分组。"));
      parent.appendChild(made("p", "", "与台账备注列：调整兰德指数 " + found.adjusted_rand.toFixed(3) + "，移动 " + found.moved + " 个小区"));
      const table = parent.appendChild(made("table"));
      found.rows.forEach(function (row) {
        const line = table.appendChild(made("tr"));
        line.appendChild(made("td", "", row.project));
        line.appendChild(made("td", row.verdict === "一致" ? "same" : "moved", row.verdict));
        line.appendChild(made("td", "", row.bundles.map(function (name) { return name.startsWith("∅") ? "未入片区" : name; }).join("、")));
      });
      list(parent, "示范片区", proposal.demonstration_areas.map(function (area) {
        return [area.name + "：" + area.state, "「" + area.quote + "」"];
      }));
    },
    subsidy: function (parent, document_) {
      parent.replaceChildren();
      parent.appendChild(made("p", "", "实施的片区之外，另列可申报补助的部分；不列入的小区和工程不进合计，也不进导出。"));
      document_.bundles.forEach(function (one) {
        parent.appendChild(made("h3", "", "片区 " + one.id));
        const table = parent.appendChild(made("table"));
        [["实施", one.totals], ["申报", one.applied_totals]].forEach(function ([word, figures]) {
          const line = table.appendChild(made("tr"));
          line.appendChild(made("th", "", word));
          line.appendChild(made("td", "", figures.count ? totals(figures) : "无"));
        });
        if (one.kept_out.length) list(parent, "不列入", one.kept_out.map(function (kept) { return [kept.name + "：" + kept.answer, kept.reason]; }));
      });
    },
  };
})();

"use strict";
// Gives each search field that select2 draws the name of the field it stands for.
addEventListener("load", () => {
  const name = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete[id]")) {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const drawn = select.nextElementSibling?.querySelector(".select2-selection");
      if (!label || !drawn) continue;
      label.id ||= `${select.id}_label`;
      const chosen = drawn.querySelector("[role=textbox]");
      drawn.setAttribute("aria-labelledby", chosen ? `${label.id} ${chosen.id}` : label.id);
      for (const part of [chosen, drawn.querySelector("input")]) part?.setAttribute("aria-labelledby", label.id);
    }
  };
  django.jQuery(name);
  document.addEventListener("formset:added", () => setTimeout(name));
});

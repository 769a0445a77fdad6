"use strict";
// While a form is open: says so about once a minute, and tells who else has it open.
addEventListener("load", () => {
  const place = document.querySelector("[data-presence]");
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  if (!place?.dataset.presence || !token) return;
  const sign = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(place.dataset.presence, { method: "POST", headers: { "X-CSRFToken": token.value } });
      if (!answer.ok) return;
      const { others } = await answer.json();
      const told = [...place.children].map((line) => line.textContent);
      if (told.join() === others.join()) return;
      place.replaceChildren(...others.map((words) => Object.assign(document.createElement("p"), { textContent: words })));
    } catch {
      // The network is away; the next minute will tell.
    }
  };
  setInterval(sign, 60000);
  document.addEventListener("visibilitychange", sign);
});

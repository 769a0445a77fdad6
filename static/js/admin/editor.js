"use strict";
// Gives each rich-text editor the name and the hint of the field it stands for, and what is pasted the shape it keeps.
document.addEventListener("prose-editor:ready", (event) => {
  const { editor, textarea } = event.detail;
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  const attributes = { role: "textbox", "aria-multiline": "true" };
  if (label) {
    label.id ||= `${textarea.id}_label`;
    attributes["aria-labelledby"] = label.id;
    label.addEventListener("click", () => editor.commands.focus());
  }
  for (const link of document.querySelectorAll(`a[href="#${textarea.id}"]`)) {
    link.addEventListener("click", (event) => {
      event.preventDefault(); // the text area it names is hidden
      textarea.closest("details")?.setAttribute("open", "");
      editor.commands.focus();
    });
  }
  const described = textarea.getAttribute("aria-describedby");
  if (described) attributes["aria-describedby"] = described;
  if (textarea.getAttribute("aria-invalid")) attributes["aria-invalid"] = "true";
  editor.setOptions({ editorProps: { attributes, transformPastedHTML: tidyPasted } }); // paste.js
});

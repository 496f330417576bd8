// Colours that are proposed fill in the form without loading the page anew; the preview and the contrast follow.

document.querySelector("#check-contrast").hidden = true;

// Judged at each pause in typing are logos: no other picture is sent for that.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  for (const { name } of document.querySelectorAll("#branding-form input[type=file]")) {
    if (!document.getElementById(`faint-${name}`)) detail.formData.delete(name);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-use]");
  if (!button) return;
  const used = new URLSearchParams(button.value);
  const fields = button.form.elements;
  if (used.has("css_added")) {
    fields.custom_css.value += used.get("css_added");
    changed(fields.custom_css);
  } else if (used.has("css_at")) {
    // What stands elsewhere by now, or can't be found here, the server looks for.
    if (!type(fields.custom_css, used)) return;
  } else {
    for (const [name, color] of used) {
      fields[name].value = color;
      changed(fields[name]);
    }
  }
  event.preventDefault();
});

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Types in a place of a style sheet what shall stand there, if it still says what is to be replaced.
function type(sheet, used) {
  const [line, column] = used.get("css_at").split(":");
  const before = sheet.value.split("\n").slice(0, line - 1);
  const start = before.join("\n").length + (before.length ? 1 : 0) + Number(column) - 1;
  const end = start + used.get("css_typed").length;
  if (sheet.value.slice(start, end) !== used.get("css_typed")) return false;
  sheet.setRangeText(used.get("css_fixed"), start, end, "select");
  changed(sheet);
  return true;
}

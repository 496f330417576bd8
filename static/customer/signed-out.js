// Goes on as soon as every application has been told, which the page's load waits for; without scripts the header does.
addEventListener("load", () => location.replace(document.getElementById("onward").href));

// Below 992 px the navigation moves into a dialog while it is open. Without script the link goes to #nav.
(() => {
  document.addEventListener("DOMContentLoaded", () => {
    const opener = document.querySelector("[data-nav-open]");
    const side = document.getElementById("nav");
    if (!opener || !side) return;
    const dialog = document.createElement("dialog");
    dialog.className = "pp-nav-dialog";
    dialog.setAttribute("aria-label", opener.getAttribute("aria-label"));
    const home = document.createComment("navigation");
    side.before(home);
    document.body.append(dialog);
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-haspopup", "dialog");
    opener.setAttribute("aria-expanded", "false");

    function open(event) {
      event.preventDefault();
      dialog.append(side);
      dialog.showModal();
      opener.setAttribute("aria-expanded", "true");
    }

    opener.addEventListener("click", open);
    opener.addEventListener("keydown", (event) => {
      if (event.key === " ") open(event);
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
      if (event.target.closest(".pp-side-close")) {
        event.preventDefault();
        dialog.close();
      }
    });
    dialog.addEventListener("close", () => {
      home.after(side);
      opener.setAttribute("aria-expanded", "false");
      opener.focus();
    });
    window.matchMedia("(min-width: 992px)").addEventListener("change", (event) => {
      if (event.matches && dialog.open) dialog.close();
    });
  });
})();

// The theme before anything shows ("system" asks the device), and the theme menu without a reload.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  root.classList.add("pp-script");

  function apply() {
    const choice = root.dataset.ppTheme || "system";
    root.dataset.bsTheme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    document.dispatchEvent(new CustomEvent("pp-theme-changed"));
  }

  dark.addEventListener("change", apply);
  apply();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!form.matches("[data-theme-form]") || !button) return;
    event.preventDefault();
    root.dataset.ppTheme = button.value;
    apply();
    for (const each of form.querySelectorAll("[name=theme]")) {
      each.setAttribute("aria-pressed", String(each === button));
    }
    const body = new FormData(form, button);
    fetch(form.action, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
    form.hidePopover?.();
  });
})();

// The only place that knows htmx event names: CSRF token, busy state, focus, announcements, messages, double submits.
(() => {
  const live = (text, urgent = false) => {
    const region = document.getElementById(urgent ? "live-now" : "live");
    if (!region || !text) return;
    region.textContent = "";
    window.setTimeout(() => {
      region.textContent = text;
    }, 60);
  };
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";

  document.addEventListener("htmx:configRequest", (event) => {
    const { verb, headers, parameters, elt, triggeringEvent } = event.detail;
    // A page that asks by itself is no sign that somebody sits before it.
    if (!triggeringEvent) headers["X-Unattended"] = "true";
    if (verb !== "get") headers["X-CSRFToken"] = token();
    // Filters that are not set stay out of the address, so that it can be copied and read.
    if (verb === "get" && elt.matches(".pp-filter")) {
      for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
    }
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    event.detail.elt.setAttribute("aria-busy", "true");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    event.detail.elt.removeAttribute("aria-busy");
  });

  // A refusal or an error that is a whole page never lands inside a part; the signed-out answer is shown whole.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const xhr = event.detail.xhr;
    if (xhr.status === 401) window.location.reload();
    if (xhr.status >= 400 && xhr.status !== 422 && /^\s*<!doctype/i.test(xhr.responseText)) {
      event.detail.shouldSwap = false;
      document.querySelector("pp-toasts")?.failed?.(xhr);
    }
  });

  // Focus stays where it was when the same control is there again; otherwise it goes to what needs attention.
  let focused = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const active = document.activeElement;
    focused = active && active !== document.body ? { id: active.id, name: active.name, href: active.getAttribute("href") } : null;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    const wanted = part.querySelector?.("[data-focus]");
    if (wanted) {
      wanted.focus();
      return;
    }
    const said = part.dataset?.announce || part.querySelector?.("[data-announce]")?.dataset.announce;
    live(said);
    if (!focused || document.activeElement !== document.body) return;
    const again =
      (focused.id && document.getElementById(focused.id)) ||
      (focused.name && part.querySelector?.(`[name="${CSS.escape(focused.name)}"]`)) ||
      (focused.href && part.querySelector?.(`[href="${CSS.escape(focused.href)}"]`)) ||
      part.querySelector?.("h2, h3, [tabindex='-1']");
    again?.focus({ preventScroll: true });
  });

  document.addEventListener("htmx:responseError", (event) => {
    live(event.detail.xhr.statusText || String(event.detail.xhr.status), true);
    document.querySelector("pp-toasts")?.failed?.(event.detail.xhr);
  });

  document.addEventListener("htmx:sendError", () => {
    document.querySelector("pp-toasts")?.failed?.(null);
  });

  // A form is sent once: the button says so and a second click does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter || form.querySelector("[type=submit]");
    window.setTimeout(() => button?.setAttribute("aria-busy", "true"), 300);
  });

  // The browser may show this page again from its memory: let forms be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-focus]")?.focus();
    // A filter form has no script behind it but htmx: say how many rows came back.
    const search = document.getElementById("search");
    const mark = () => search.form.classList.toggle("pp-search-filled", search.value !== "");
    search?.addEventListener("input", mark);
    if (search) mark();
  });

  window.ppLive = live;
})();
